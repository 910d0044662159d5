import { largestInteger } from './limits.ts';
import { type SourceFault, type SourceFaultKind, faultAt } from './source-fault.ts';
import type { SourceText, Span } from './source-text.ts';
import type { Block, Entry, Line, Literal, Node, Statement, Tree } from './tree.ts';
import { visitParts } from './walk.ts';

/** The options of a block and the type of each. */
export const blockOptions: Readonly<Record<string, Literal['type']>> = {
  description: 'text',
  expected_time: 'duration',
  max_time: 'duration',
};

interface Checking {
  readonly source: SourceText;
  readonly faults: SourceFault[];
  statement: number;
  /** How many loops are open. */
  loops: number;
}

/** What the rules beyond the grammar find wrong, most severe kinds first and in the order of the source. */
export function validate(tree: Tree, source: SourceText): SourceFault[] {
  const checking: Checking = { source, faults: [], statement: 0, loops: 0 };
  const labels = new Map<string, number>();
  for (const line of tree.lines) {
    checking.statement = line.at.offset;
    const { statement } = line;
    if (statement === null) continue;
    if (statement.kind !== 'label') checkNode(checking, statement);
    else checkLabel(checking, statement.name, statement.at, labels);
  }
  const rank = (fault: SourceFault): number => order.indexOf(fault.kind);
  return checking.faults.sort((one, other) => rank(one) - rank(other) || one.line - other.line);
}

const order: readonly SourceFaultKind[] = [
  'option',
  'label',
  'option-type',
  'duplicate-label',
  'repeated-name',
  'loop-word',
  'number',
];

/** How many faults are reported at most. */
const mostFaults = 100;

function report(checking: Checking, kind: SourceFaultKind, at: Span, message: string): void {
  if (checking.faults.length >= mostFaults) return;
  const { offset, length } = at;
  checking.faults.push(faultAt(checking.source, kind, { offset, length, statement: checking.statement }, { message }));
}

function checkLabel(checking: Checking, name: string, at: Span, labels: Map<string, number>): void {
  const earlier = labels.get(name);
  if (earlier === undefined) labels.set(name, at.line);
  else report(checking, 'duplicate-label', at, `label "${name}" is already on line ${earlier}`);
}

function checkNode(checking: Checking, statement: Node): void {
  const within = (node: Node): void => {
    rules[node.kind]?.(checking, node as never);
    if (node.kind === 'while') checking.loops += 1;
    visitParts(node, within);
    if (node.kind === 'while') checking.loops -= 1;
  };
  within(statement);
}

type Rules = {
  readonly [Kind in Node['kind']]?: (checking: Checking, node: Extract<Node, { kind: Kind }>) => void;
};

const rules: Rules = {
  block: (checking, block) => {
    checkOptions(checking, block);
    checkLines(checking, block.lines);
  },
  branch: (checking, { body }) => checkBody(checking, body),
  while: (checking, { body }) => checkBody(checking, body),
  map: (checking, { entries }) => checkNames(checking, entries, 'key'),
  call: (checking, { parameters }) => checkNames(checking, parameters, 'parameter'),
  word: (checking, { word, at }) => {
    if (word !== 'pass' && checking.loops === 0)
      report(checking, 'loop-word', at, `"${word}" stands outside of any while`);
  },
  literal: checkNumber,
};

function checkOptions(checking: Checking, { options }: Block): void {
  checkNames(checking, options, 'option');
  for (const { name, value, at } of options) {
    const type = Object.hasOwn(blockOptions, name) ? blockOptions[name] : undefined;
    if (type === undefined) report(checking, 'option', at, `Scope option "${name}" not valid`);
    else if (value.kind === 'literal' && value.type !== type) {
      report(checking, 'option-type', value.at, `Scope option "${name}" must be a ${type}`);
    }
  }
}

function checkLines(checking: Checking, lines: readonly Line[]): void {
  for (const { statement } of lines) {
    if (statement?.kind !== 'label') continue;
    const message = `Jump points can not be inside begin/end blocks, jump point name: "${statement.name}"`;
    report(checking, 'label', statement.at, message);
  }
}

function checkBody(checking: Checking, body: Statement): void {
  if (body.kind !== 'label') return;
  report(
    checking,
    'label',
    body.at,
    `Jump points can not be the body of an if or a while, jump point name: "${body.name}"`,
  );
}

function checkNames(checking: Checking, entries: readonly Entry[], what: string): void {
  if (entries.length < 2) return;
  const seen = new Set<string>();
  for (const { name, at } of entries) {
    const span = { ...at, length: name.length };
    if (seen.has(name)) report(checking, 'repeated-name', span, `${what} "${name}" is given twice`);
    seen.add(name);
  }
}

function checkNumber(checking: Checking, { type, value, raw, at }: Literal): void {
  if (type === 'integer') {
    if (raw.length < 16) return;
    const digits = raw.replace(/^[-+]?0*/, '');
    const large = digits.length > 16 || (digits.length === 16 && BigInt(digits) > BigInt(largestInteger));
    if (large) report(checking, 'number', at, 'an integer is beyond 2^53');
  } else if (type === 'float' && !Number.isFinite(value)) {
    report(checking, 'number', at, 'a float is too large');
  }
}
