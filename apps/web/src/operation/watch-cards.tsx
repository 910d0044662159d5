import { Card, CardBody, CardTitle, Label } from '@patternfly/react-core';
import { Link } from 'react-router';
import { mayUse, useSession } from '../api/session.ts';
import { inWords } from '../model/labels.ts';
import { objectPath } from '../model/places.ts';
import { StateLabel } from '../model/state-label.tsx';
import { TimeText } from '../model/time-text.tsx';
import type { Board, ChangeRequest } from './dashboard.ts';
import { Answered } from './answered.tsx';
import { concernsOf, countText, useHealth } from './health.ts';
import { useAnswer } from './use-answer.ts';

/** How many jobs in trouble, and how many changes, are told. */
const MAX_JOBS = 8;
const MAX_CHANGES = 12;
/** How often changes are asked for, in milliseconds. */
const EVERY_MS = 15_000;

/** What wants to be looked at: jobs in trouble, and what of the server is not as it should be. */
export function ConcernCard({ site }: { readonly site: string | undefined }) {
  const session = useSession();
  const concerns = concernsOf(useHealth().data);
  const seesJobs = mayUse(session, 'Foreman.view_basejob');
  const selection = { state: ['error', 'aborted', 'paused'], count: MAX_JOBS, ...(site === undefined ? {} : { site }) };
  const { data: board } = useAnswer<Board>('Foreman/BaseJob', 'board', selection, {
    every: EVERY_MS,
    enabled: seesJobs,
  });
  const jobs = board?.jobs ?? [];
  const more = (board?.total ?? 0) - jobs.length;
  if (concerns.length + jobs.length === 0) return null;
  return (
    <Card isCompact className="ct-card-wide">
      <CardTitle component="h2">Wants to be looked at</CardTitle>
      <CardBody className="ct-lines">
        {concerns.map(({ id, severity, title, text, path }) => (
          <div key={id} className="ct-line ct-line-ends">
            <Label isCompact color={severity === 'danger' ? 'red' : 'orange'}>
              server
            </Label>
            <Link to={path}>{title}</Link>
            <span>{text}</span>
          </div>
        ))}
        {jobs.map(({ id, model, name, script_name: script, state, message, updated }) => (
          <div key={id} className="ct-line ct-line-ends">
            <StateLabel state={state} />
            <Link to={objectPath(model, id)}>
              {script} {name}
            </Link>
            <span>{message}</span>
            <span className="ct-small">
              <TimeText time={updated} />
            </span>
          </div>
        ))}
        {more > 0 && <Link to="/jobs">{countText(more, 'more job')}</Link>}
      </CardBody>
    </Card>
  );
}

/** Who has changed what last. */
export function RecentCard() {
  const query = useAnswer<{ readonly requests: readonly ChangeRequest[] }>(
    'Records/Request',
    'list',
    { count: MAX_CHANGES },
    { every: EVERY_MS },
  );
  return (
    <Card isCompact className="ct-card-wide">
      <CardTitle component="h2">Recent changes</CardTitle>
      <CardBody className="ct-lines">
        <Answered query={query}>
          {({ requests }) =>
            requests.length === 0 ? (
              <span className="ct-none">Nobody has changed anything yet.</span>
            ) : (
              requests.map(({ request, at, actor, command, reason }) => (
                <div key={request} className="ct-line ct-line-ends">
                  <span>
                    <b>{actor}</b> {command === null ? 'something' : inWords(command)}
                  </span>
                  {reason !== null && <span className="ct-small">“{reason}”</span>}
                  <span className="ct-small">
                    <TimeText time={at} />
                  </span>
                </div>
              ))
            )
          }
        </Answered>
      </CardBody>
    </Card>
  );
}
