import type { Command, Result } from './command.ts';
import { nameOf, table, told, valueOf } from './command.ts';
import { previewText } from './preview-text.ts';
import type { RestClient, Values } from './rest-client.ts';
import { Refused } from './rest-client.ts';

/**
 * Runs a command; where its changes are only previewed, it comes to what all of them would do.
 * @throws what the command throws, unless that comes of changes it has asked for and that were not made
 */
export async function orPreview(client: RestClient | undefined, run: () => Promise<Result>): Promise<Result> {
  if (!client) return run();
  let ending = '';
  const came = await run().catch(async (error: unknown) => {
    const isNotThereYet = error instanceof Refused && error.status === 404 && (await client.previewed()) !== undefined;
    if (!isNotThereYet) throw error;
    ending = `\nwhat the command would do next is not previewed, as it needs what this would make: ${error.message}`;
    return undefined;
  });
  const report = await client.previewed();
  if (report) return told(previewText(report) + ending, report);
  return came ?? told('');
}

const needs = 'requires the id of a preview';
const reason = { reason: { type: 'string', short: 'r', value: 'TEXT', does: 'why' } } as const;

/** Says something of a preview. */
const saying = (action: 'approve' | 'reject', does: string, done: string): Command => ({
  usage: 'ID',
  does,
  names: [1, 1],
  needs,
  options: reason,
  run: async (asked, { client }) => {
    const said = { id: nameOf(asked), reason: valueOf(asked, 'reason') ?? '' };
    return told(`${done} ${String(await client.call(`Records/Preview/${action}`, said))}`, said);
  },
});

/** Commands about previews. */
export const previewCommands: Readonly<Record<string, Command>> = {
  'preview list': {
    usage: '',
    does: 'list your previews that have not expired',
    names: [0, 0],
    ofNow: true,
    options: { all: { type: 'boolean', does: 'those of everybody' } },
    run: async ({ options }, { client }) => {
      const action = options['all'] === true ? 'listAll' : 'list';
      const { previews } = (await client.call(`Records/Preview/${action}`)) as { readonly previews: readonly Values[] };
      return table(previews, {
        ID: ({ id }) => id,
        STATE: ({ state }) => state,
        BY: ({ by }) => by,
        EXPIRES: ({ expires }) => expires,
        EVENTS: ({ events_total: events }) => events,
        REQUESTS: ({ asked }) => (asked as readonly string[]).join(', '),
      });
    },
  },
  'preview show': {
    usage: 'ID',
    does: 'show what a preview would do',
    names: [1, 1],
    needs,
    run: async (asked, { client }) => {
      const shown = (await client.call('Records/Preview/get', { id: nameOf(asked) })) as Values;
      return told(previewText(shown), shown);
    },
  },
  'preview commit': {
    usage: 'ID',
    does: 'do exactly what a preview has shown',
    names: [1, 1],
    needs,
    run: async (asked, { client }) => {
      const done = (await client.call('Records/Preview/commit', { id: nameOf(asked) })) as Values;
      return told(`committed ${String(done['id'])}: ${String(done['events'])} events`, done);
    },
  },
  'preview discard': {
    usage: 'ID',
    does: 'take a preview off',
    names: [1, 1],
    needs,
    run: async (asked, { client }) => {
      const id = String(await client.call('Records/Preview/discard', { id: nameOf(asked) }));
      return told(`discarded ${id}`, { id });
    },
  },
  'preview approve': saying('approve', 'say yes to a preview of somebody else', 'approved'),
  'preview reject': saying('reject', 'say no to a preview of somebody else', 'rejected'),
};
