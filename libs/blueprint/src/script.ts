import type { Decider, Lifecycle, LifecycleCommand, LifecycleEvent, Message } from '#kernel';
import { lifecycle, refuse } from '#kernel';

/** A script that blueprints can use. Its text has been found to be sound TScript. */
export interface Script {
  description: string;
  text: string;
}

export type ScriptCommand =
  | Message<'WriteScript', Readonly<Script> & { readonly name: string }>
  | Message<'ChangeScript', Partial<Readonly<Script>>>
  | LifecycleCommand<'Script'>;

export type ScriptEvent =
  | Message<'ScriptWritten', Readonly<Script>>
  | Message<'ScriptDescribed', { readonly description: string }>
  | Message<'ScriptRewritten', { readonly text: string }>
  | LifecycleEvent<'Script'>;

const rules = lifecycle('Script');

const set = (data: Partial<Script>, state: Lifecycle<Script>): Lifecycle<Script> =>
  state.stage === 'active' ? { ...state, value: { ...state.value, ...data } } : state;

export const script: Decider<Lifecycle<Script>, ScriptCommand, ScriptEvent> = {
  category: 'script',
  creationCommands: ['WriteScript'],
  initial: () => ({ stage: 'absent' }),
  decide: {
    WriteScript: ({ description, text }, state) =>
      state.stage === 'active' || state.stage === 'deleting'
        ? refuse('name', 'TAKEN', 'Script with this Name already exists.')
        : { type: 'ScriptWritten', data: { description, text } },
    ChangeScript: ({ description, text }, state) => {
      if (state.stage !== 'active') return refuse('', 'NOT_FOUND', 'Script is not there');
      const events: ScriptEvent[] = [];
      if (description !== undefined && description !== state.value.description) {
        events.push({ type: 'ScriptDescribed', data: { description } });
      }
      if (text !== undefined && text !== state.value.text) events.push({ type: 'ScriptRewritten', data: { text } });
      return events;
    },
    ...rules.decide,
  },
  evolve: {
    ScriptWritten: (data) => ({ stage: 'active', value: { ...data } }),
    ScriptDescribed: set,
    ScriptRewritten: set,
    ...rules.evolve,
  },
};
