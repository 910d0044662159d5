import type { Command } from './command.ts';
import { listOf, Misuse, nameOf, table, told } from './command.ts';
import type { Values } from './rest-client.ts';

const DAY_MS = 24 * 3600 * 1000;

const scopeOf = ({ permissions, read_only: readOnly, sites }: Values): string => {
  const [some, places] = [permissions, sites] as [string[], string[]];
  return [
    some.length === 0 ? 'everything' : some.join(' '),
    ...(readOnly ? ['read only'] : []),
    ...(places.length === 0 ? [] : [`at ${places.join(' ')}`]),
  ].join(', ');
};

/** When a token ends that lasts so many days from now; undefined: the server decides. */
function endOf(days: string | undefined): string | undefined {
  if (days === undefined) return undefined;
  if (!/^[1-9]\d{0,3}$/.test(days)) throw new Misuse('--days must be a whole number of days, 1 or more');
  return new Date(Date.now() + Number(days) * DAY_MS).toISOString();
}

/** Commands about tokens by which programs ask in the name of a user. */
export const tokens: Readonly<Record<string, Command>> = {
  'token list': {
    usage: '[USER]',
    does: 'list your tokens, or those of others, as far as you may',
    names: [0, 1],
    run: async ({ names: [user] }, { client }) => {
      const query: Record<string, string> = user === undefined ? {} : { filter: 'user', user };
      return table(await client.list('Auth/Token', query), {
        NAME: ({ name }) => name,
        USER: ({ user: owner }) => owner,
        SCOPE: scopeOf,
        EXPIRES: ({ expires }) => expires,
        'LAST USED': ({ last_used: used }) => used ?? 'never',
      });
    },
  },
  'token add': {
    usage: 'NAME [--permission PERMISSION]… [--read-only] [--site SITE]… [--days N]',
    does: 'make a token for a program that asks in your name, and show it; without --permission it may do all you may',
    names: [1, 1],
    options: {
      permission: { type: 'string', multiple: true, does: 'one of your permissions that it has' },
      'read-only': { type: 'boolean', does: 'let it change nothing' },
      site: { type: 'string', multiple: true, does: 'a site it is for', completes: { model: 'Site/Site' } },
      days: { type: 'string', value: 'N', does: 'how long it lasts: 90 days unless said, 366 at the most' },
    },
    run: async (asked, { client, user }) => {
      const name = nameOf(asked);
      const expires = endOf(listOf(asked, 'days')[0]);
      const made = await client.create('Auth/Token', {
        name,
        permissions: listOf(asked, 'permission'),
        read_only: asked.options['read-only'] === true,
        sites: listOf(asked, 'site'),
        ...(expires === undefined ? {} : { expires }),
      });
      const token = String(made['value']);
      const text = `The token ${name} is shown only now:\n${token}\nPrograms send it as "Authorization: Bearer ${user}:…".`;
      return told(text, { name, token, id: made['id'], expires: made['expires'] });
    },
  },
  'token revoke': {
    usage: 'NAME [--user USER]',
    does: 'end one of your tokens, or one of somebody else',
    names: [1, 1],
    options: { user: { type: 'string', does: 'whose it is', completes: { model: 'Auth/Account' } } },
    run: async (asked, { client, user }) => {
      const name = nameOf(asked);
      const owner = listOf(asked, 'user')[0] ?? user ?? '';
      const found = (await client.list('Auth/Token', { filter: 'user', user: owner })).find((one) => one['name'] === name);
      if (!found) throw new Misuse(`${owner} has no token ${name}`);
      await client.delete(`Auth/Token/${String(found['id'])}`);
      return told(`revoked ${name}`);
    },
  },
};
