import type { Node } from './tree.ts';

type Children = { readonly [Kind in Node['kind']]: (node: Extract<Node, { kind: Kind }>) => readonly Node[] };

const none: readonly Node[] = [];

const children: Children = {
  script: ({ lines }) => lines,
  line: ({ statement }) => (statement === null ? none : [statement]),
  remark: () => none,
  label: () => none,
  goto: () => none,
  word: () => none,
  literal: () => none,
  reference: () => none,
  block: ({ options, lines }) => [...options, ...lines],
  while: ({ condition, body }) => [condition, body],
  if: ({ branches }) => branches,
  branch: ({ condition, body }) => (condition === null ? [body] : [condition, body]),
  assignment: ({ target, value }) => [target, value],
  infix: ({ left, right }) => [left, right],
  not: ({ operand }) => [operand],
  item: ({ target, index }) => [target, index],
  array: ({ elements }) => elements,
  map: ({ entries }) => entries,
  entry: ({ value }) => [value],
  call: ({ parameters }) => parameters,
  exists: ({ target }) => [target],
};

/** The parts of a node, in the order of the source. */
export function childrenOf(node: Node): readonly Node[] {
  return children[node.kind](node as never);
}

/** Visits a node and everything in it, outer nodes first. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const child of childrenOf(node)) walk(child, visit);
}
