import { defineModel, integer, map, staticAction, text } from '#api';
import type { DeadLetter, DeadLetters } from '#reactions';
import { DiscardDeadLetter, RetryDeadLetter } from './dead-letter.commands.ts';

/** At most this many are answered at once. */
const MAX_COUNT = 100;

/** A dead letter as it is shown. */
const shown = ({ event, ...letter }: DeadLetter) => ({
  ...letter,
  position: event ? Number(event.position) : null,
  stream: event?.stream ?? null,
});

/** Events and messages that could not be handled, for those who operate the server. */
export const deadLetterModel = (letters: Pick<DeadLetters, 'list' | 'counts'>) =>
  defineModel({
    path: 'Records/DeadLetter',
    doc: 'Events that a reaction could not handle after many tries, and messages nobody could take.',
    protocols: ['rest'],
    fields: {},
    actions: {
      list: staticAction({
        doc: 'Some of them, the newest first: `total`, and `letters` with what failed and why.',
        parameters: {
          reaction: text(undefined, { default: '', doc: 'Only of this reaction or receiver; empty: of all.' }),
          skip: integer({ default: 0 }),
          count: integer({ default: MAX_COUNT, doc: `${MAX_COUNT} at the most.` }),
        },
        returns: map(),
        permission: { grant: 'Records.view_deadletter' },
        query: async ({ reaction, skip, count }) => {
          const { letters: found, total } = await letters.list({
            ...(reaction ? { reaction } : {}),
            skip: Math.max(0, skip ?? 0),
            count: Math.min(Math.max(0, count ?? MAX_COUNT), MAX_COUNT),
          });
          return { total, letters: found.map(shown) };
        },
      }),
      retry: staticAction({
        doc: 'Has one tried again within seconds; it is gone when that went well.',
        parameters: { id: integer({ required: true }) },
        returns: integer(),
        permission: { grant: 'Records.can_dead_letter' },
        command: ({ id }) => new RetryDeadLetter(id),
      }),
      discard: staticAction({
        doc: 'Takes one off for good.',
        parameters: { id: integer({ required: true }) },
        returns: integer(),
        permission: { grant: 'Records.can_dead_letter' },
        command: ({ id }) => new DiscardDeadLetter(id),
      }),
    },
  });
