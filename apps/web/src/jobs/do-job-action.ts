import { call, pathOf } from '../api/request.ts';
import type { JobAction } from './job-actions.ts';
import { headerText } from '../api/header-text.ts';
import { modelFor } from './may-act.ts';

interface Named {
  readonly id: number;
  readonly model: string;
}

/** Does something with one job; why is kept in the log. @throws Problem */
export const doJobAction = (action: JobAction, { id, model }: Named, reason: string): Promise<unknown> =>
  call(
    pathOf(modelFor(action, model), id, action.name),
    {},
    reason === '' ? {} : { headers: { 'Contractor-Reason': headerText(reason) } },
  );
