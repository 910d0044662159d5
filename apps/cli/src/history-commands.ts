import type { Command, Tools } from './command.ts';
import { Misuse, told } from './command.ts';
import { locatedPath, OBJECT_KINDS, objectIn } from './object-kinds.ts';
import type { Values } from './rest-client.ts';
import { Refused } from './rest-client.ts';

/** How many changes are told where nothing is said, and the most. */
const COUNT = { usual: 20, most: 500 } as const;
/** What every change changes. */
const ALWAYS: ReadonlySet<string> = new Set(['updated', '_links']);

/** One change of an object: when, and each field before and after; of its creation, all fields. */
export interface Change {
  readonly at: string;
  readonly created: boolean;
  readonly fields: Readonly<Record<string, { readonly before?: unknown; readonly after: unknown }>>;
}

/** What is different between an object and what it was before; undefined: it was not there. */
export function changeBetween(before: Values | undefined, after: Values): Change {
  const names = Object.keys(after).filter((name) => !ALWAYS.has(name));
  const different = names.filter((name) => JSON.stringify(before?.[name]) !== JSON.stringify(after[name]));
  const fields = different.map((name) => [name, { ...(before ? { before: before[name] } : {}), after: after[name] }]);
  return {
    at: String(after['updated']),
    created: before === undefined,
    fields: Object.fromEntries(fields) as Change['fields'],
  };
}

/** A time of the server, a microsecond earlier. @param time ISO 8601 in UTC with six digits behind the point */
export function justBefore(time: string): string {
  const [, micros = '000000'] = /\.(\d{6})/.exec(time) ?? [];
  const whole = BigInt(Date.parse(time.replace(/\.\d+/, ''))) * 1000n + BigInt(micros) - 1n;
  const seconds = new Date(Number(whole / 1_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(whole % 1_000_000n).padStart(6, '0')}Z`;
}

/** Changes for a person, the last one first. */
export const changesText = (changes: readonly Change[]): string =>
  changes
    .flatMap(({ at, created, fields }) => [
      `${at} ${created ? 'created' : 'changed'}`,
      ...Object.entries(fields).map(([name, { before, after }]) =>
        created
          ? `  ${name}: ${JSON.stringify(after)}`
          : `  ${name}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`,
      ),
    ])
    .join('\n');

/** The changes of an object, the last one first: each is found by looking at what was just before the one that followed. */
async function changesOf(path: string, most: number, { client }: Pick<Tools, 'client'>): Promise<Change[]> {
  const changes: Change[] = [];
  let after = await client.get(path);
  while (changes.length < most) {
    const at = new URLSearchParams({ at: justBefore(String(after['updated'])) });
    const before = await client.get(`${path}?${at.toString()}`).catch((error: unknown) => {
      if (error instanceof Refused && error.status === 404) return undefined;
      throw error;
    });
    changes.push(changeBetween(before, after));
    if (!before || before['updated'] === after['updated']) break;
    after = before;
  }
  return changes;
}

/** Commands about the past. */
export const historyCommands: Readonly<Record<string, Command>> = {
  history: {
    usage: 'KIND/ID [--count COUNT]',
    does: 'tell how an object came to be what it is: each change, the last one first',
    about: `For example: contractor history site/site1\nKinds: ${Object.keys(OBJECT_KINDS).join(', ')}`,
    names: [1, 2],
    completes: [Object.keys(OBJECT_KINDS).map((kind) => `${kind}/`)],
    options: { count: { type: 'string', does: `how many changes at most (${COUNT.usual})` } },
    run: async (asked, tools) => {
      const [object, rest] = objectIn(asked, OBJECT_KINDS);
      if (rest.length > 0) throw new Misuse(`"${rest.join(' ')}" is too much: one object is told of`);
      const count = Number(asked.options['count'] ?? COUNT.usual);
      if (!Number.isInteger(count) || count < 1 || count > COUNT.most)
        throw new Misuse(`--count takes 1 to ${COUNT.most}`);
      const changes = await changesOf(await locatedPath(tools.client, object), count, tools);
      return told(changesText(changes), changes);
    },
  },
};
