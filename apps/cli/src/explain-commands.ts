import type { Command } from './command.ts';
import { Misuse, told } from './command.ts';
import { locatedPath, OBJECT_KINDS, objectIn } from './object-kinds.ts';

/** What has configuration values. */
const CONFIGURED: Readonly<Record<string, string>> = Object.fromEntries(
  ['site', 'structure', 'foundation', 'foundation-blueprint', 'structure-blueprint'].map((kind) => [
    kind,
    OBJECT_KINDS[kind] ?? '',
  ]),
);

interface Step {
  readonly source: {
    readonly kind: string;
    readonly id: string | number;
    readonly position?: string;
    readonly actor?: string;
    readonly at?: string;
  };
  readonly key: string;
  readonly operator: string;
  readonly value: unknown;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** How a configuration value came to be, as the server tells it. */
export interface ExplainedName {
  readonly name: string;
  readonly value?: unknown;
  readonly rendered?: unknown;
  readonly steps: readonly Step[];
}

/** How a value came to be: the value, and below it each entry that had a part in it, the last one on top of all. */
export function explainedText({ name, value, rendered, steps }: ExplainedName): string {
  const head = value === undefined ? `${name} is not set` : `${name} = ${JSON.stringify(value)}`;
  const lines = steps.map(({ source, key, operator, value: given, after }) => {
    const by = [source.actor, source.at, source.position === undefined ? undefined : `position ${source.position}`];
    const known = by.filter((one) => one !== undefined);
    const came = operator === 'set' ? '' : `, which gives ${after === undefined ? 'no value' : JSON.stringify(after)}`;
    return `  ${source.kind} ${source.id}: ${key} = ${JSON.stringify(given)}${came}${known.length > 0 ? ` (${known.join(', ')})` : ''}`;
  });
  return [head, ...(rendered === undefined ? [] : [`  rendered: ${JSON.stringify(rendered)}`]), ...lines].join('\n');
}

/** Commands that tell where something comes from. */
export const explainCommands: Readonly<Record<string, Command>> = {
  explain: {
    usage: 'KIND/ID [KEY…] [--at TIME|POSITION]',
    does: 'tell where configuration values come from: which site or blueprint, by whom and when',
    about: 'For example: contractor explain site/site1 mtu\nKinds: ' + Object.keys(CONFIGURED).join(', '),
    names: [1, Number.POSITIVE_INFINITY],
    completes: [Object.keys(CONFIGURED).map((kind) => `${kind}/`)],
    watches: true,
    run: async (asked, { client }) => {
      const [object, keys] = objectIn(asked, CONFIGURED);
      const { kind, id } = object;
      const { names, faults } = (await client.ask(`${await locatedPath(client, object)}/explain`)) as {
        readonly names: readonly ExplainedName[];
        readonly faults: readonly { readonly key?: string; readonly text?: string }[];
      };
      const missing = keys.filter((key) => !names.some(({ name }) => name === key));
      if (missing.length > 0) throw new Misuse(`${kind} ${id} has no value "${missing.join('", "')}"`);
      const wanted = keys.length === 0 ? names : names.filter(({ name }) => keys.includes(name));
      const wrong = faults.map((fault) => `fault: ${JSON.stringify(fault)}`);
      return told([...wanted.map(explainedText), ...wrong].join('\n'), { names: wanted, faults });
    },
  },
};
