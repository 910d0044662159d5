import { Button, Tooltip } from '@patternfly/react-core';
import { useState } from 'react';
import { pathOf } from '../../api/request.ts';
import { useSession } from '../../api/session.ts';
import { tell, tellError } from '../../app/toasts.tsx';
import { previewOf } from '../../change/change-request.ts';
import { doJobAction } from '../do-job-action.ts';
import type { JobAction } from '../job-actions.ts';
import { isUseful } from '../job-actions.ts';
import { actionsFor, modelFor } from '../may-act.ts';
import { ReasonDialog } from '../reason-dialog.tsx';
import type { JobNow } from './course.ts';
import { InternalInfoDialog } from './internal-info-dialog.tsx';

interface JobButtonsProps {
  readonly id: number;
  readonly model: string;
  readonly now: JobNow;
  readonly onDone: () => void;
}

/** What can be done with a job: all of it is there, and what its state does not allow says when it is. */
export function JobButtons({ id, model, now, onDone }: JobButtonsProps) {
  const session = useSession();
  const [asked, setAsked] = useState<JobAction>();
  const [info, setInfo] = useState(false);
  const act = async (action: JobAction, reason: string): Promise<void> => {
    await doJobAction(action, { id, model }, reason);
    tell({ variant: 'success', title: action.done });
    onDone();
  };
  const may = actionsFor(session, model);
  const shown = may.filter((action) => isUseful(action, now.conditions));
  return (
    <>
      {shown.map((action) => {
        const isOff = !action.states.includes(now.state);
        const button = (
          <Button
            key={action.name}
            size="sm"
            variant="secondary"
            isDanger={action.asks !== undefined && !isOff}
            isAriaDisabled={isOff}
            onClick={() => {
              if (action.asks !== undefined) setAsked(action);
              else act(action, '').catch((error: unknown) => tellError(action.failed, error));
            }}
          >
            {action.label}
          </Button>
        );
        return isOff ? (
          <Tooltip key={action.name} content={`For a job that is ${action.states.join(' or ')}.`}>
            {button}
          </Tooltip>
        ) : (
          button
        );
      })}
      {may.length > 0 && (
        <Button size="sm" variant="link" onClick={() => setInfo(true)}>
          Display Internal Job Info
        </Button>
      )}
      {info && <InternalInfoDialog id={id} model={model} onClose={() => setInfo(false)} />}
      {asked?.asks !== undefined && (
        <ReasonDialog
          title={`${asked.label} job ${id}?`}
          label={asked.label}
          preview={() =>
            previewOf([{ method: 'POST', path: pathOf(modelFor(asked, model), id, asked.name), body: {} }])
          }
          act={(reason) => act(asked, reason)}
          onClose={() => setAsked(undefined)}
        >
          <p>{asked.asks}</p>
        </ReasonDialog>
      )}
    </>
  );
}
