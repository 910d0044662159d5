/** The tree in the form of nested `[letter, data]` pairs by which clients know it; lines carry their number. */
import type { Block, Entry, Expression, Line, Literal, Reference, Statement, Tree } from './tree.ts';

/** A part of a script: its letter, and what it is made of. */
export type Outline = readonly [letter: string, data: unknown, line?: number];

/** The outline of a script; a script of one block is that block. */
export function outline(tree: Tree): Outline {
  const statements = tree.lines.flatMap(({ statement }) => (statement === null ? [] : [statement]));
  const [only] = statements;
  if (statements.length === 1 && only?.kind === 'block') return scope(only);
  return ['S', { _children: linesOf(tree.lines) }];
}

function linesOf(lines: readonly Line[]): Outline[] {
  return lines.flatMap(({ statement, at }) => (statement === null ? [] : [['L', part(statement), at.line] as const]));
}

function scope({ options, lines }: Block): Outline {
  const entries = options.map(({ name, value }) => [name, value.kind === 'literal' ? constant(value) : null] as const);
  return ['S', { ...Object.fromEntries(entries), _children: linesOf(lines) }];
}

function constant({ type, value }: Literal): unknown {
  if (type === 'duration') return { $seconds: value };
  return type === 'float' && Number.isInteger(value) ? { $float: value } : value;
}

function reference({ module, name }: Reference): { module: string | null; name: string } {
  return { module, name };
}

function entries(list: readonly Entry[]): Record<string, Outline> {
  return Object.fromEntries(list.map(({ name, value }) => [name, part(value)]));
}

type Parts = {
  readonly [Kind in (Statement | Expression)['kind']]: (node: Extract<Statement, { kind: Kind }>) => Outline;
};

const parts: Parts = {
  label: ({ name }) => ['J', name],
  goto: ({ label }) => ['G', label],
  word: ({ word }) => ['O', word],
  block: scope,
  while: ({ condition, body }) => ['W', { condition: part(condition), expression: part(body) }],
  if: ({ branches }) => [
    'I',
    branches.map(({ condition, body }) => ({ condition: condition && part(condition), expression: part(body) })),
  ],
  assignment: ({ target, value }) => ['A', { target: part(target), value: part(value) }],
  literal: (literal) => ['C', constant(literal)],
  infix: ({ operator, left, right }) => ['X', { operator, left: part(left), right: part(right) }],
  not: ({ operand }) => ['X', { operator: 'not', left: part(operand), right: null }],
  reference: (node) => ['V', reference(node)],
  item: ({ target, index }) => ['R', { ...reference(target), index: part(index) }],
  array: ({ elements }) => ['Y', elements.map(part)],
  map: (node) => ['M', entries(node.entries)],
  call: ({ module, name, parameters }) => ['F', { module, name, paramaters: entries(parameters) }],
  exists: ({ target }) => ['E', part(target)],
};

function part(node: Statement): Outline {
  return parts[node.kind](node as never);
}
