/** The canonical layout: two blanks of indent, one statement per line, blanks inside brackets, remarks kept. */
import { parse } from './parse.ts';
import { ScriptFault } from './source-fault.ts';
import type { Block, Branch, Entry, Expression, If, Line, Literal, Remark, Statement, Tree, While } from './tree.ts';

/** A source in canonical layout; its meaning is unchanged. Throws `ScriptFault` when it cannot be read. */
export function format(source: string): string {
  const { tree, faults } = parse(source);
  if (tree === undefined) throw new ScriptFault(faults);
  return formatTree(tree);
}

/** A tree as source. */
export function formatTree(tree: Tree): string {
  const lines = linesOf(tree.lines, 0, 0);
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** One value as source. */
export function formatValue(value: Expression): string {
  return values[value.kind](value as never);
}

function pad(depth: number): string {
  return '  '.repeat(depth);
}

/** Lines one below the other; blank lines between them shrink to one. `after` is the line of the source before them. */
function linesOf(lines: readonly Line[], depth: number, after: number): string[] {
  const out: string[] = [];
  let before = after;
  for (const line of lines) {
    const { statement, remark } = line;
    if (statement === null && remark === null) continue;
    if (out.length > 0 && line.at.line > before + 1) out.push('');
    before = line.last;
    if (statement === null) out.push(pad(depth) + remark);
    else out.push(...withRemark(statementLines(statement, depth), remark));
  }
  return out;
}

function withRemark(lines: readonly string[], remark: string | null): readonly string[] {
  return remark === null ? lines : [...lines.slice(0, -1), `${lines.at(-1)} ${remark}`];
}

function statementLines(statement: Statement, depth: number): readonly string[] {
  if (statement.kind === 'block') return blockLines(statement, depth);
  if (statement.kind === 'if') return ifLines(statement, depth);
  if (statement.kind === 'while') return whileLines(statement, depth);
  return [pad(depth) + simple(statement)];
}

function simple(statement: Exclude<Statement, Block | If | While>): string {
  if (statement.kind === 'label') return `:${statement.name}`;
  if (statement.kind === 'goto') return `goto ${statement.label}`;
  if (statement.kind === 'word') return statement.word;
  if (statement.kind !== 'assignment') return formatValue(statement);
  return `${formatValue(statement.target)} = ${formatValue(statement.value)}`;
}

function blockLines({ options, lines, at }: Block, depth: number): string[] {
  const [first] = lines;
  const opening = `${pad(depth)}begin${bracketed('(', options, ')')}`;
  const beside = first?.statement === null && first.remark !== null && first.at.line === at.line ? first : undefined;
  const rest = beside === undefined ? lines : lines.slice(1);
  const head = beside === undefined ? opening : `${opening} ${beside.remark}`;
  return [head, ...linesOf(rest, depth + 1, at.line), `${pad(depth)}end`];
}

function whileLines({ condition, remarks, body }: While, depth: number): string[] {
  return headed(`${pad(depth)}while ${formatValue(condition)} do`, remarks, body, depth);
}

function ifLines({ branches }: If, depth: number): readonly string[] {
  let out: readonly string[] = [];
  for (const branch of branches) {
    const [beside, own] = split(branch.before);
    out = withRemark(out, beside);
    out = [...out, ...own.map((remark) => pad(depth + 1) + remark)];
    const head = branchHead(branch, out.length === 0);
    out = [...out, ...headed(pad(depth) + head, branch.remarks, branch.body, depth)];
  }
  return out;
}

function branchHead({ condition }: Branch, first: boolean): string {
  if (condition === null) return 'else';
  return `${first ? 'if' : 'elif'} ${formatValue(condition)} then`;
}

function headed(head: string, remarks: readonly Remark[], body: Statement, depth: number): string[] {
  const [beside, own] = split(remarks);
  const first = beside === null ? head : `${head} ${beside}`;
  return [first, ...own.map((remark) => pad(depth + 1) + remark), ...statementLines(body, depth + 1)];
}

/** The remark that stands beside what comes before it, and those that have lines of their own. */
function split(remarks: readonly Remark[]): [beside: string | null, own: readonly string[]] {
  const [first] = remarks;
  const texts = remarks.map(({ text }) => text);
  return first === undefined || first.own ? [null, texts] : [first.text, texts.slice(1)];
}

type Values = { readonly [Kind in Expression['kind']]: (value: Extract<Expression, { kind: Kind }>) => string };

const values: Values = {
  literal: literalText,
  reference: ({ module, name }) => (module === null ? name : `${module}.${name}`),
  item: ({ target, index }) => `${formatValue(target)}[ ${formatValue(index)} ]`,
  infix: ({ operator, left, right }) => `( ${formatValue(left)} ${operator} ${formatValue(right)} )`,
  not: ({ operand }) => `not ${formatValue(operand)}`,
  array: ({ elements }) => (elements.length === 0 ? '[]' : `[ ${elements.map(formatValue).join(', ')} ]`),
  map: ({ entries }) => bracketed('{', entries, '}'),
  call: ({ module, name, parameters }) =>
    `${module === null ? '' : `${module}.`}${name}${bracketed('(', parameters, ')')}`,
  exists: ({ target }) => `exists( ${formatValue(target)} )`,
};

function bracketed(opening: string, entries: readonly Entry[], closing: string): string {
  if (entries.length === 0) return opening + closing;
  return `${opening} ${entries.map(({ name, value }) => `${name}=${formatValue(value)}`).join(', ')} ${closing}`;
}

const words: Readonly<Record<string, string>> = { true: 'True', false: 'False', none: 'None' };

function literalText({ type, raw, value }: Literal): string {
  if (type === 'integer')
    return raw
      .replace(/^\+/, '')
      .replace(/^(-?)0+(?=\d)/, '$1')
      .replace(/^-0$/, '0');
  if (type === 'float') return raw.replace(/^\+/, '').replace(/^(-?)0+(?=\d)/, '$1');
  if (type === 'boolean' || type === 'none') return words[raw] ?? raw;
  if (type !== 'text') return raw;
  return String(value).includes("'") ? raw : `'${value}'`;
}
