import type { Command } from './command.ts';
import { told } from './command.ts';
import type { Values } from './rest-client.ts';

/** What undoing a request came to. */
interface Undone {
  readonly objects: readonly {
    readonly model: string;
    readonly id: string;
    readonly outcome: 'removed' | 'created' | 'changed';
  }[];
}

const OUTCOMES = {
  removed: 'is not there any more',
  created: 'is there again',
  changed: 'is as it was',
} as const;

/** What became of each object, for a person. */
export const undoneText = ({ objects }: Undone): string =>
  objects.length === 0
    ? 'there was nothing to undo'
    : objects
        .map(({ model, id, outcome }) => `${model.slice(model.indexOf('/') + 1)} ${id} ${OUTCOMES[outcome]}`)
        .join('\n');

/** Commands that take requests back. */
export const undoCommands: Readonly<Record<string, Command>> = {
  undo: {
    usage: 'REQUEST',
    does: 'put everything a request has changed back to what it was before',
    about: 'REQUEST is the id that the header Contractor-Request of its answer had.\nAll of it is undone, or nothing.',
    names: [1, 1],
    run: async ({ names: [id] }, { client }) => {
      const undone = (await client.call('Records/Request/undo', { id: id ?? '' })) as Undone & Values;
      return told(undoneText(undone), undone);
    },
  },
};
