import type { Decider, Life, LifeCommand, LifeEvent, Message } from '#kernel';
import { life, refuse } from '#kernel';

/** A script that blueprints can use. Its text has been found to be sound TScript. */
export interface Script {
  description: string;
  text: string;
}

export type ScriptCommand =
  | Message<'WriteScript', Readonly<Script> & { readonly name: string }>
  | Message<'ChangeScript', Partial<Readonly<Script>>>
  | LifeCommand<'Script'>;

export type ScriptEvent =
  | Message<'ScriptWritten', Readonly<Script>>
  | Message<'ScriptDescribed', { readonly description: string }>
  | Message<'ScriptRewritten', { readonly text: string }>
  | LifeEvent<'Script'>;

const rules = life('Script');

const set = (data: Partial<Script>, state: Life<Script>): Life<Script> =>
  state.stage === 'open' ? { ...state, is: { ...state.is, ...data } } : state;

export const script: Decider<Life<Script>, ScriptCommand, ScriptEvent> = {
  category: 'script',
  begins: ['WriteScript'],
  initial: () => ({ stage: 'absent' }),
  decide: {
    WriteScript: ({ description, text }, state) =>
      state.stage === 'open' || state.stage === 'closed'
        ? refuse('name', 'TAKEN', 'Script with this Name already exists.')
        : { type: 'ScriptWritten', data: { description, text } },
    ChangeScript: ({ description, text }, state) => {
      if (state.stage !== 'open') return refuse('', 'NOT_FOUND', 'Script is not there');
      const events: ScriptEvent[] = [];
      if (description !== undefined && description !== state.is.description) {
        events.push({ type: 'ScriptDescribed', data: { description } });
      }
      if (text !== undefined && text !== state.is.text) events.push({ type: 'ScriptRewritten', data: { text } });
      return events;
    },
    ...rules.decide,
  },
  evolve: {
    ScriptWritten: (data) => ({ stage: 'open', is: { ...data } }),
    ScriptDescribed: set,
    ScriptRewritten: set,
    ...rules.evolve,
  },
};
