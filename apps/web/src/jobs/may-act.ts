import type { Session } from '../api/session.ts';
import { mayUse } from '../api/session.ts';
import { findModel } from '../model/models.ts';
import type { JobAction } from './job-actions.ts';
import { jobActions } from './job-actions.ts';

/** The model through which something is done with a job: that of its kind, or of all jobs where that knows it alone. */
export const modelFor = (action: JobAction, model: string): string =>
  action.ofAny || findModel(model)?.actions[action.name] === undefined ? 'Foreman/BaseJob' : model;

/** The actions somebody may use on a job of this model, whatever its state. */
export const actionsFor = (session: Session, model: string): readonly JobAction[] =>
  jobActions.filter((action) => mayUse(session, findModel(modelFor(action, model))?.actions[action.name]?.permission));
