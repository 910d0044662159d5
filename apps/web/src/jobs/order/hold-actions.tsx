import type { RowAction } from './row-actions.tsx';
import { RowActions } from './row-actions.tsx';

const ACTIONS: readonly RowAction[] = [
  {
    name: 'release',
    label: 'Release',
    done: 'Hold released',
    asks: 'The job goes on, as far as this hold is concerned: what had to be done before is done.',
    takesReason: 'optional',
  },
  {
    name: 'override',
    label: 'Override',
    done: 'Hold overridden',
    asks: 'The job goes on though nobody has released this hold. What had to be done before may not be done.',
    takesReason: 'required',
  },
];

/** What can be done with a hold. */
export const HoldActions = ({ id }: { readonly id: string }) => (
  <RowActions model="Foreman/Hold" id={id} actions={ACTIONS} />
);
