import { Button } from '@patternfly/react-core';
import { useState } from 'react';
import { call, pathOf } from '../../api/request.ts';
import { mayUse, useSession } from '../../api/session.ts';
import { tell, tellError } from '../../app/toasts.tsx';
import { modelAt } from '../../model/models.ts';
import { ReasonDialog } from '../reason-dialog.tsx';
import { headerText } from '../../api/header-text.ts';

/** A button in a row of a list. */
export interface RowAction {
  /** As the API calls it. */
  readonly name: string;
  readonly label: string;
  readonly done: string;
  /** What somebody is asked before. */
  readonly asks?: string;
  /** Where the reason goes to: the action takes it as a parameter, or the log alone. */
  readonly takesReason?: 'required' | 'optional';
}

interface RowActionsProps {
  readonly model: string;
  readonly id: string | number;
  readonly actions: readonly RowAction[];
}

/** The longest reason that actions take as a parameter, in characters. */
const MAX_TAKEN = 200;

/** What can be done with the object of a row. */
export function RowActions({ model, id, actions }: RowActionsProps) {
  const session = useSession();
  const [asked, setAsked] = useState<RowAction>();
  const act = async ({ name, done, takesReason }: RowAction, reason: string): Promise<void> => {
    await call(
      pathOf(model, id, name),
      takesReason === undefined ? {} : { reason },
      takesReason === undefined && reason !== '' ? { headers: { 'Contractor-Reason': headerText(reason) } } : {},
    );
    tell({ variant: 'success', title: done });
  };
  const may = actions.filter(({ name }) => mayUse(session, modelAt(model).actions[name]?.permission));
  return (
    <span className="ct-row-actions">
      {may.map((action) => (
        <Button
          key={action.name}
          size="sm"
          variant="secondary"
          isDanger={action.asks !== undefined && action.takesReason !== 'optional'}
          onClick={() => {
            if (action.asks === undefined)
              act(action, '').catch((error: unknown) => tellError(`${action.label} is refused`, error));
            else setAsked(action);
          }}
        >
          {action.label}
        </Button>
      ))}
      {asked?.asks !== undefined && (
        <ReasonDialog
          title={`${asked.label} ${id}?`}
          label={asked.label}
          isDanger={asked.takesReason !== 'optional'}
          isOptional={asked.takesReason === 'optional'}
          {...(asked.takesReason === undefined ? {} : { max: MAX_TAKEN })}
          act={(reason) => act(asked, reason)}
          onClose={() => setAsked(undefined)}
        >
          <p>{asked.asks}</p>
        </ReasonDialog>
      )}
    </span>
  );
}
