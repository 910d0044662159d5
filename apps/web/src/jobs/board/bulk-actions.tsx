import { Button } from '@patternfly/react-core';
import { useState } from 'react';
import { useSession } from '../../api/session.ts';
import { tell } from '../../app/toasts.tsx';
import { doJobAction } from '../do-job-action.ts';
import { doWithMany } from '../do-with-many.ts';
import type { JobAction } from '../job-actions.ts';
import { actionsFor } from '../may-act.ts';
import { ReasonDialog } from '../reason-dialog.tsx';
import type { SeenJob } from './live-board.ts';

/** How many refusals are told one by one. */
const MAX_TOLD = 5;

interface BulkActionsProps {
  readonly jobs: readonly SeenJob[];
  readonly clear: () => void;
}

/** What can be done with the jobs that are selected: each button says with how many of them. */
export function BulkActions({ jobs, clear }: BulkActionsProps) {
  const session = useSession();
  const [asked, setAsked] = useState<JobAction>();
  const [busy, setBusy] = useState<string>();
  const fitting = (action: JobAction): readonly SeenJob[] =>
    jobs.filter(({ state, model }) => action.states.includes(state) && actionsFor(session, model).includes(action));
  const act = async (action: JobAction, reason: string): Promise<void> => {
    setBusy(action.name);
    const { done, refused } = await doWithMany(fitting(action), (job) => doJobAction(action, job, reason));
    setBusy(undefined);
    tell({
      variant: refused.length > 0 ? 'warning' : 'success',
      title: `${action.label}: ${done.toLocaleString()} of ${(done + refused.length).toLocaleString()} jobs`,
      text:
        refused.length === 0 ? undefined : (
          <ul className="ct-list-plain">
            {refused.slice(0, MAX_TOLD).map(([id, text]) => (
              <li key={id}>
                Job {id}: {text}
              </li>
            ))}
            {refused.length > MAX_TOLD && <li>and {refused.length - MAX_TOLD} more</li>}
          </ul>
        ),
    });
    if (refused.length === 0) clear();
  };
  const shown = actionsFor(session, 'Foreman/FoundationJob')
    .concat(actionsFor(session, 'Foreman/StructureJob'), actionsFor(session, 'Foreman/DependencyJob'))
    .filter((action, at, all) => action.bulk && all.indexOf(action) === at);
  return (
    <>
      {shown.map((action) => {
        const count = fitting(action).length;
        return (
          <Button
            key={action.name}
            size="sm"
            variant={action.asks === undefined ? 'secondary' : 'danger'}
            isDisabled={count === 0 || busy !== undefined}
            isLoading={busy === action.name}
            onClick={() => (action.asks === undefined ? void act(action, '') : setAsked(action))}
          >
            {action.label} {count > 0 && count.toLocaleString()}
          </Button>
        );
      })}
      {asked && (
        <ReasonDialog
          title={`${asked.label} ${fitting(asked).length.toLocaleString()} jobs?`}
          label={asked.label}
          act={(reason) => act(asked, reason)}
          onClose={() => setAsked(undefined)}
        >
          <p>{asked.asks}</p>
          <p className="ct-names">
            {fitting(asked)
              .map(({ id, name }) => `${id} ${name}`)
              .join(', ')}
          </p>
        </ReasonDialog>
      )}
    </>
  );
}
