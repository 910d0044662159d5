import { Alert, Button, Checkbox, Label, Progress } from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useState } from 'react';
import { call } from '../api/request.ts';
import { mayUse, useSession } from '../api/session.ts';
import { TimeText } from '../model/time-text.tsx';
import { Answered } from './answered.tsx';
import { AskDialog } from './ask-dialog.tsx';
import { countText } from './health.ts';
import { OperationPage } from './operation-page.tsx';
import type { Course, ReadModels } from './rebuild.ts';
import { percentDone, remainingText } from './rebuild.ts';
import { useAnswer } from './use-answer.ts';

/** How often the state is asked for: while a rebuild is under way, and otherwise, in milliseconds. */
const OFTEN_MS = 1000;
const SELDOM_MS = 5000;

/** The rows that answers are read from: how far they have come, what of them is in quarantine, and how they are made anew. */
export function ReadModelsPage() {
  const session = useSession();
  const [often, setOften] = useState(false);
  const query = useAnswer<ReadModels>('Records/ReadModel', 'state', {}, { every: often ? OFTEN_MS : SELDOM_MS });
  const isBusy = query.data?.rebuild != null;
  if (often !== isBusy) setOften(isBusy);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [asking, setAsking] = useState(false);
  const may = mayUse(session, 'Records.can_rebuild');
  return (
    <OperationPage
      title="Read models"
      about="What answers are read from: rows that are made from the log, and can be made anew from it at any time."
      actions={
        may && (
          <Button isDisabled={isBusy} onClick={() => setAsking(true)}>
            Rebuild {chosen.length === 0 ? 'all' : countText(chosen.length, 'model')}
          </Button>
        )
      }
    >
      <Answered query={query}>
        {(state) => (
          <>
            <Standing state={state} />
            {state.rebuild && <UnderWay course={state.rebuild} state={state} />}
            {!state.rebuild && state.last && <Last last={state.last} />}
            <Models state={state} chosen={chosen} onChosen={may ? setChosen : undefined} />
            <Quarantine state={state} />
          </>
        )}
      </Answered>
      {asking && (
        <AskDialog
          title="Rebuild read models"
          yes="Rebuild"
          onClose={() => setAsking(false)}
          onYes={async () => {
            await call('/Records/ReadModel/rebuild', { models: chosen });
            setChosen([]);
            await query.refetch();
          }}
        >
          {chosen.length === 0 ? 'All read models are' : `${chosen.join(', ')}:`} made anew from the log. The rows that
          are there serve meanwhile.
        </AskDialog>
      )}
    </OperationPage>
  );
}

function Standing({ state: { position, head, projecting } }: { readonly state: ReadModels }) {
  const lag = Math.max(0, head - position);
  return (
    <div className="ct-line">
      <Label isCompact color={lag === 0 ? 'green' : 'orange'}>
        {lag === 0 ? 'up to date' : `${countText(lag, 'position')} behind`}
      </Label>
      <span>
        at position {position.toLocaleString('en')} of {head.toLocaleString('en')}, kept by{' '}
        {projecting ? 'this server' : 'another server, which alone knows of quarantines and can rebuild'}
      </span>
    </div>
  );
}

function UnderWay({ course, state }: { readonly course: Course; readonly state: ReadModels }) {
  const { models, events, rate } = course;
  return (
    <div role="status">
      <Progress
        title={`Making ${models.length === state.models.length ? 'all models' : models.join(', ')} anew`}
        value={percentDone(course)}
        aria-label="Rebuild"
      />
      <div className="ct-small">
        {countText(events, 'event')} read, {countText(rate, 'event')} a second, {remainingText(course.remaining)}
      </div>
    </div>
  );
}

function Last({ last }: { readonly last: NonNullable<ReadModels['last']> }) {
  const { outcome, message, by, ended, events, models } = last;
  return (
    <Alert
      isInline
      variant={outcome === 'done' ? 'success' : 'danger'}
      title={outcome === 'done' ? 'The last rebuild is done' : 'The last rebuild has failed'}
    >
      {message !== null && <p>{message}</p>}
      {models.join(', ')}: {countText(events, 'event')}, asked for by {by}, ended <TimeText time={ended} />.
    </Alert>
  );
}

interface ModelsProps {
  readonly state: ReadModels;
  readonly chosen: readonly string[];
  readonly onChosen: ((names: readonly string[]) => void) | undefined;
}

function Models({ state: { models, rebuild }, chosen, onChosen }: ModelsProps) {
  return (
    <Table variant="compact" aria-label="Read models" gridBreakPoint="">
      <Thead>
        <Tr>
          {onChosen && <Th screenReaderText="Choose" className="ct-choose" />}
          <Th>Name</Th>
          <Th>Version</Th>
          <Th>In quarantine</Th>
        </Tr>
      </Thead>
      <Tbody>
        {models
          .toSorted((one, other) => (one.name < other.name ? -1 : 1))
          .map(({ name, version, quarantined }) => (
            <Tr key={name}>
              {onChosen && (
                <Td>
                  <Checkbox
                    id={`choose-${name}`}
                    aria-label={`Choose ${name}`}
                    isDisabled={rebuild !== null}
                    isChecked={chosen.includes(name)}
                    onChange={(_, checked) =>
                      onChosen(checked ? [...chosen, name] : chosen.filter((one) => one !== name))
                    }
                  />
                </Td>
              )}
              <Td dataLabel="Name">{name}</Td>
              <Td dataLabel="Version">{version}</Td>
              <Td dataLabel="In quarantine">
                {quarantined === null || quarantined === 0 ? (
                  <span className="ct-none">{quarantined ?? 'not known here'}</span>
                ) : (
                  <Label isCompact color="orange">
                    {countText(quarantined, 'row')}
                  </Label>
                )}
              </Td>
            </Tr>
          ))}
      </Tbody>
    </Table>
  );
}

function Quarantine({ state: { quarantine } }: { readonly state: ReadModels }) {
  if (quarantine.length === 0) return null;
  return (
    <>
      <h2>In quarantine</h2>
      <p>
        Rows that an event could not be folded into stay as they were. A rebuild with a version that can puts them
        right.
      </p>
      <Table variant="compact" aria-label="Rows in quarantine" gridBreakPoint="grid-md">
        <Thead>
          <Tr>
            {['Model', 'Row', 'Event at', 'Why'].map((label) => (
              <Th key={label}>{label}</Th>
            ))}
          </Tr>
        </Thead>
        <Tbody>
          {quarantine.map(({ model, key, position, error }) => (
            <Tr key={`${model} ${key}`}>
              <Td dataLabel="Model">{model}</Td>
              <Td dataLabel="Row">{key}</Td>
              <Td dataLabel="Event at">{position}</Td>
              <Td dataLabel="Why">{error}</Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </>
  );
}
