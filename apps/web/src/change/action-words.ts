import { inWords } from '../model/labels.ts';
import type { Action, Row } from '../model/types.ts';

interface Words {
  readonly label: string;
  readonly isDanger?: true;
  /** The states in which there is something to it; any, unless said. */
  readonly states?: readonly string[];
  /** The map or list that has to hold something for there to be something to it. */
  readonly field?: string;
}

/** How actions are called on buttons, where their name does not say it well. */
const WORDS: Readonly<Record<string, Words>> = {
  doCreate: { label: 'Build', states: ['planned', 'located'] },
  doDestroy: { label: 'Take down', isDanger: true, states: ['built', 'located'] },
  doJob: { label: 'Run a utility job' },
  force: { label: 'Force state', isDanger: true },
  acceptHardware: { label: 'Accept its hardware', field: 'drift' },
  acceptMachine: { label: 'Accept its machine', field: 'machine_drift' },
  setIdMap: { label: 'Note what the machine is made of' },
  updateConfig: { label: 'Merge configuration values' },
  eraseSecret: { label: 'Erase a secret', isDanger: true },
  pause: { label: 'Pause', states: ['queued', 'running'] },
  resume: { label: 'Resume', states: ['paused'] },
  reset: { label: 'Reset', states: ['error'] },
  rollback: { label: 'Rollback', states: ['error'] },
  cancel: { label: 'Cancel', isDanger: true },
  ignoreWindow: { label: 'Begin outside of the window', states: ['waiting'] },
  done: { label: 'Take for done', isDanger: true },
  getConfig: { label: 'Full Config' },
  jobRunnerVariables: { label: 'Variables' },
  jobRunnerState: { label: 'Program' },
};

/** What an action is called on buttons. */
export const labelOf = (name: string): string => WORDS[name]?.label ?? inWords(name);

export const isDangerous = (name: string): boolean => WORDS[name]?.isDanger === true;

/** Whether an action can do something with an object as it is. */
export function isFor(name: string, row: Row): boolean {
  const { states, field } = WORDS[name] ?? {};
  const { state } = row;
  if (field !== undefined && Object.keys(row[field] ?? {}).length === 0) return false;
  return states === undefined || typeof state !== 'string' || states.includes(state);
}

/** Actions that only look though they are commands. */
const LOOKS = new Set(['jobRunnerVariables', 'history']);

/** Whether an action only looks. */
export const onlyLooks = (name: string, { query }: Action): boolean => query === true || LOOKS.has(name);
