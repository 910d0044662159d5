import type { Decider, Message, RestoreCommand, RestoredEvent } from '#kernel';
import { refuse, restoringValue } from '#kernel';

/** Which script stands in which slot of which blueprint. */
export interface ScriptLink {
  readonly blueprint: string;
  readonly script: string;
  /** The slot: `create` and `destroy` are the life-cycle scripts, any other name is a utility script. */
  readonly slot: string;
}

type State = ScriptLink | undefined;

export type ScriptLinkCommand =
  | Message<'LinkScript', ScriptLink>
  | Message<'RelinkScript', ScriptLink>
  | Message<'UnlinkScript', object>
  | RestoreCommand<'ScriptLink', ScriptLink>;

export type ScriptLinkEvent =
  | Message<'ScriptLinked', ScriptLink>
  | Message<'ScriptRelinked', ScriptLink>
  | Message<'ScriptUnlinked', object>
  | RestoredEvent<'ScriptLink', ScriptLink>;

const restores = restoringValue<ScriptLink>()('ScriptLink');

/** The link itself; the slot it fills is the blueprint's affair, so that a slot holds one script. */
export const scriptLink: Decider<State, ScriptLinkCommand, ScriptLinkEvent> = {
  category: 'blueprintScript',
  creationCommands: ['LinkScript'],
  initial: () => undefined,
  decide: {
    LinkScript: (link, state) =>
      state
        ? refuse('id', 'TAKEN', 'Blue print script with this Id already exists.')
        : { type: 'ScriptLinked', data: link },
    RelinkScript: (link, state) => {
      if (!state) return refuse('', 'NOT_FOUND', 'BluePrintScript does not exist');
      const same = state.blueprint === link.blueprint && state.script === link.script && state.slot === link.slot;
      return same ? [] : { type: 'ScriptRelinked', data: link };
    },
    UnlinkScript: (_, state) => (state ? { type: 'ScriptUnlinked', data: {} } : []),
    ...restores.decide,
  },
  evolve: {
    ScriptLinked: (data) => data,
    ScriptRelinked: (data) => data,
    ScriptUnlinked: () => undefined,
    ...restores.evolve,
  },
};
