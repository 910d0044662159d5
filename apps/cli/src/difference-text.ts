/** What is different in one place, as the server tells it. */
export interface Difference {
  readonly path: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
  readonly lines?: readonly { readonly op: '-' | '+'; readonly line: number; readonly text: string }[];
  readonly secret?: 'changed';
}

/** One change of an object, as the server tells it. */
export interface Change {
  readonly position: number;
  readonly at: string;
  readonly actor: string;
  readonly request: string;
  readonly reason: string | null;
  readonly command: string | null;
  readonly event: string;
  readonly change: string;
  readonly differences: readonly Difference[];
}

/** What is different of a list between two moments, as the server tells it. */
export interface ListDifference {
  readonly added: readonly Readonly<Record<string, unknown>>[];
  readonly removed: readonly Readonly<Record<string, unknown>>[];
  readonly changed: readonly { readonly id: string | number; readonly differences: readonly Difference[] }[];
}

/** What every change changes. */
const ALWAYS: ReadonlySet<string> = new Set(['updated']);

/** Differences for a person, a line or more each. */
export const differenceLines = (found: readonly Difference[]): string[] =>
  found
    .filter(({ path: [field = ''] }) => !ALWAYS.has(field))
    .flatMap(({ path, lines, secret, ...sides }) => {
      const name = path.join('.');
      if (secret) return [`  ${name}: changed (a secret)`];
      if (lines) return [`  ${name}:`, ...lines.map(({ op, line, text }) => `    ${op} ${line}: ${text}`)];
      const [before, after] = [JSON.stringify(sides.before), JSON.stringify(sides.after)];
      if (before === undefined) return [`  ${name}: ${after}`];
      return [`  ${name}: ${before} -> ${after ?? 'nothing'}`];
    });

/** Changes for a person: when, what, who, why, and each difference. */
export const changesText = (changes: readonly Change[]): string =>
  changes
    .flatMap(({ at, change, actor, reason, command, event, request, position, differences }) => [
      `${at} ${change} by ${actor}${reason === null ? '' : ` ("${reason}")`}: ${command ?? event}, position ${position}, request ${request}`,
      ...(change === 'deleted' ? [] : differenceLines(differences)),
    ])
    .join('\n');

const nameOf = (object: Readonly<Record<string, unknown>>): string => {
  const { self } = (object['_links'] ?? {}) as { readonly self?: { readonly href: string } };
  return decodeURIComponent(self?.href.split('/').at(-1) ?? '?');
};

/** What is different of a list, for a person; nothing where nothing is. */
export function listText(model: string, { added, removed, changed }: ListDifference): string[] {
  if (added.length + removed.length + changed.length === 0) return [];
  return [
    `${model}:`,
    ...added.map((object) => `  + ${nameOf(object)}`),
    ...removed.map((object) => `  - ${nameOf(object)}`),
    ...changed.flatMap(({ id, differences }) => [
      `  ~ ${id}`,
      ...differenceLines(differences).map((line) => `  ${line}`),
    ]),
  ];
}
