import { Alert, Button, Progress } from '@patternfly/react-core';
import { useState } from 'react';
import { call } from '../api/request.ts';
import { tellError } from '../app/toasts.tsx';
import { TimeText } from '../model/time-text.tsx';
import { Answered } from './answered.tsx';
import { countText } from './health.ts';
import { OperationPage } from './operation-page.tsx';
import { useAnswer } from './use-answer.ts';

interface UnderWay {
  readonly by: string;
  readonly began: string;
  readonly events: number;
  readonly position: number;
  readonly head: number;
}

interface Ended extends UnderWay {
  readonly outcome: 'whole' | 'damaged' | 'failed' | 'stopped';
  readonly message: string | null;
  readonly ended: string;
  readonly streams: number | null;
  readonly fault: {
    readonly position: number;
    readonly stream: string;
    readonly revision: number;
    readonly text: string;
  } | null;
}

interface LogState {
  readonly verification: UnderWay | null;
  readonly last: Ended | null;
}

/** How often the state is asked for: while a check is under way, and otherwise, in milliseconds. */
const OFTEN_MS = 1000;
const SELDOM_MS = 10_000;

const OUTCOMES = {
  whole: ['success', 'Every event is as it was written'],
  damaged: ['danger', 'An event is not as it was written'],
  failed: ['warning', 'It could not be checked to the end'],
  stopped: ['info', 'The check was stopped'],
} as const;

/** Whether the log is as it was written and signed. */
export function LogPage() {
  const [often, setOften] = useState(false);
  const query = useAnswer<LogState>('Records/Log', 'state', {}, { every: often ? OFTEN_MS : SELDOM_MS });
  const underWay = query.data?.verification ?? null;
  if (often !== (underWay !== null)) setOften(underWay !== null);
  const act = (action: 'verify' | 'stop'): void => {
    call(`/Records/Log/${action}`)
      .then(() => query.refetch())
      .catch((error: unknown) => tellError(action === 'verify' ? 'The log is not checked' : 'Not stopped', error));
  };
  return (
    <OperationPage
      title="Log"
      about="Everything is made from the log. Each event holds the hash of the one before it in its stream, and checkpoints are signed: a check reads all of it, and tells the first event that is not as it was written."
      actions={
        underWay ? (
          <Button variant="secondary" onClick={() => act('stop')}>
            Stop
          </Button>
        ) : (
          <Button onClick={() => act('verify')}>Verify the log</Button>
        )
      }
    >
      <Answered query={query}>
        {({ verification, last }) => (
          <>
            {verification && <Checking {...verification} />}
            {last && !verification && <Outcome {...last} />}
            {!verification && !last && <p className="ct-none">This server has not checked it since it was started.</p>}
          </>
        )}
      </Answered>
    </OperationPage>
  );
}

function Checking({ by, began, events, position, head }: UnderWay) {
  return (
    <div role="status">
      <Progress
        title="Checking every event"
        aria-label="Verification"
        value={head === 0 ? 100 : Math.min(100, Math.floor((100 * position) / head))}
      />
      <div className="ct-small">
        {countText(events, 'event')} checked, asked for by {by} <TimeText time={began} />
      </div>
    </div>
  );
}

function Outcome({ outcome, message, ended, by, events, streams, fault }: Ended) {
  const [variant, title] = OUTCOMES[outcome];
  return (
    <Alert isInline variant={variant} title={title}>
      {message !== null && <p>{message}</p>}
      {fault && (
        <p>
          At position {fault.position}, stream {fault.stream}, revision {fault.revision}: {fault.text}
        </p>
      )}
      {countText(events, 'event')}
      {streams !== null && ` in ${countText(streams, 'stream')}`}, asked for by {by}, ended <TimeText time={ended} />.
    </Alert>
  );
}
