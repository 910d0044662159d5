import type { Node } from './tree.ts';

/** What is done with a node. */
export type Visit = (node: Node) => void;

type Parts = { readonly [Kind in Node['kind']]: ((node: Extract<Node, { kind: Kind }>, visit: Visit) => void) | null };

const parts: Parts = {
  script: ({ lines }, visit) => lines.forEach(visit),
  line: ({ statement }, visit) => {
    if (statement !== null) visit(statement);
  },
  remark: null,
  label: null,
  goto: null,
  word: null,
  literal: null,
  reference: null,
  block: ({ options, lines }, visit) => {
    options.forEach(visit);
    lines.forEach(visit);
  },
  while: ({ condition, body }, visit) => {
    visit(condition);
    visit(body);
  },
  if: ({ branches }, visit) => branches.forEach(visit),
  branch: ({ condition, body }, visit) => {
    if (condition !== null) visit(condition);
    visit(body);
  },
  assignment: ({ target, value }, visit) => {
    visit(target);
    visit(value);
  },
  infix: ({ left, right }, visit) => {
    visit(left);
    visit(right);
  },
  not: ({ operand }, visit) => visit(operand),
  item: ({ target, index }, visit) => {
    visit(target);
    visit(index);
  },
  array: ({ elements }, visit) => elements.forEach(visit),
  map: ({ entries }, visit) => entries.forEach(visit),
  entry: ({ value }, visit) => visit(value),
  call: ({ parameters }, visit) => parameters.forEach(visit),
  exists: ({ target }, visit) => visit(target),
};

/** Visits the parts of a node, in the order of the source. */
export function visitParts(node: Node, visit: Visit): void {
  parts[node.kind]?.(node as never, visit);
}

/** Visits a node and everything in it, outer nodes first. */
export function walk(node: Node, visit: Visit): void {
  const within = (part: Node): void => {
    visit(part);
    visitParts(part, within);
  };
  within(node);
}
