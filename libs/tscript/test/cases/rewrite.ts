import type { Entry, Expression, MapLiteral, Node, Tree } from '../../src/tree.ts';

/** A tree in which every map and call evaluates its last entry first, as the recordings did. */
export function lastFirst(tree: Tree): Tree {
  return rewritten(tree, (node) => {
    if (node.kind === 'map') return { ...node, entries: turned(node.entries) };
    return node.kind === 'call' ? { ...node, parameters: turned(node.parameters) } : node;
  });
}

/** A tree in which every map is an array of its values. */
export function mapsAsArrays(tree: Tree): Tree {
  return rewritten(tree, (node) => {
    if (node.kind !== 'map') return node;
    const { entries, at }: MapLiteral = node;
    return { kind: 'array', elements: entries.map(({ value }) => value), at } satisfies Expression;
  });
}

/** A source without its remarks; lines stay where they are. */
export function withoutRemarks(source: string): string {
  return source.replace(/('[^']*'|"[^"]*")|#[^\r\n]*/g, (_found, text: string | undefined) => text ?? '');
}

/** A source in which names that begin like a word of the language begin otherwise. */
export function plainNames(source: string): string {
  const pattern = /('[^']*'|"[^"]*")|\b(?:not|Not|[Tt]rue|[Ff]alse|[Nn]one|pass|break|continue)[A-Za-z0-9_]+/g;
  return source.replace(pattern, (found, text: string | undefined) => text ?? `${plainMark}${found}`);
}

/** What `plainNames` puts before a name. */
export const plainMark = 'zq';

function turned(entries: readonly Entry[]): Entry[] {
  const last = entries.at(-1);
  return last === undefined ? [] : [last, ...entries.slice(0, -1)];
}

function rewritten(tree: Tree, change: (node: Node) => Node): Tree {
  const part = (inner: unknown): unknown => {
    if (inner === null || typeof inner !== 'object') return inner;
    if (Array.isArray(inner)) return inner.map(part);
    const copy = Object.fromEntries(Object.entries(inner).map(([key, value]) => [key, part(value)]));
    return 'kind' in copy ? change(copy as unknown as Node) : copy;
  };
  return part(tree) as Tree;
}
