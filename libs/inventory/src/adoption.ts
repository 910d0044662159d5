import { createHash } from 'node:crypto';
import type { Decider, Message } from '#kernel';

/** The foundation that a machine was last adopted as; undefined: none. */
type State = string | undefined;

export type AdoptionCommand = Message<'NoteAdoption', { readonly foundation: string }>;
export type AdoptionEvent = Message<'AdoptionNoted', { readonly foundation: string }>;

/**
 * What a machine was adopted as: one stream for each, so that of two who adopt it at the same time one is told by the other.
 * Whether that foundation is still there, and is still it, stands with the foundation.
 */
export const adoption: Decider<State, AdoptionCommand, AdoptionEvent> = {
  category: 'adoption',
  creationCommands: ['NoteAdoption'],
  initial: () => undefined,
  decide: { NoteAdoption: (data) => ({ type: 'AdoptionNoted', data }) },
  evolve: { AdoptionNoted: ({ foundation }) => foundation },
};

/** The stream of a machine. @param type of the foundations that are such machines @param id what the platform knows it by */
export const adoptionOf = (type: string, id: string): string =>
  createHash('sha256')
    .update(JSON.stringify([type, id]))
    .digest('base64url');
