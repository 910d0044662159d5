/**
 * From the tree to a flat list of instructions. Beside the code stands, for every instruction, the chain of parts of
 * the script it lies in: status, line and stack are read from there, so the machine itself need not know them.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { expressionCode } from './compile-values.ts';
import { type Emitter, emit, emitter, node, patch } from './emitter.ts';
import { parse } from './parse.ts';
import type { Program, ProgramNode } from './program.ts';
import { ScriptFault } from './source-fault.ts';
import type { Assignment, Block, Goto, If, Line, Literal, Statement, Tree, While, Word } from './tree.ts';

/** The open loops of a statement: where their words lead, and how many blocks were open. */
interface Loop {
  readonly start: number;
  readonly blocks: number;
  readonly leaving: number[];
}

interface Compiling {
  readonly out: Emitter;
  readonly labels: Record<string, number>;
  readonly gotos: { readonly at: number; readonly label: string }[];
  readonly loops: Loop[];
  blocks: number;
}

/** A source as a program. Throws `ScriptFault` when it has faults. */
export function compile(source: string): Program {
  const { tree, faults } = parse(source);
  if (tree === undefined || faults.length > 0) throw new ScriptFault(faults);
  return compileTree(tree, hashOf(source));
}

/** What a program is found by: it covers the source and the version of the program's form. */
const hashOf = (source: string): string => bytesToHex(sha256(utf8ToBytes(`tscript 1\n${source}`)));

/** A tree without faults as a program; `bothSides` evaluates both sides of every `and` and `or`. */
export function compileTree(tree: Tree, hash: string, bothSides = false): Program {
  const compiling: Compiling = { out: emitter(bothSides), labels: {}, gotos: [], loops: [], blocks: 0 };
  const { out } = compiling;
  const statements = tree.lines.flatMap(({ statement }) => (statement === null ? [] : [statement]));
  const [only] = statements;
  const alone = statements.length === 1 && only?.kind === 'block';
  const root = scopeCode(compiling, null, alone ? only : { options: [], lines: tree.lines });
  emit(out, root, ['end']);
  for (const { at, label } of compiling.gotos) out.code[at] = ['goto', label, compiling.labels[label] ?? null];
  const { code, nodes, where, guards } = out;
  return { version: 1, hash, code, nodes, where, labels: compiling.labels, guards };
}

function scopeCode(compiling: Compiling, parent: number | null, block: Pick<Block, 'options' | 'lines'>): number {
  const { out } = compiling;
  const lines = block.lines.filter(({ statement }) => statement !== null);
  const scope = node(out, { type: 'S', parent, base: 0, position: 0, count: lines.length, ...optionsOf(block) });
  emit(out, scope, ['enter', scope]);
  compiling.blocks += 1;
  lines.forEach((line, position) => lineCode(compiling, scope, line, position));
  compiling.blocks -= 1;
  if (parent !== null) emit(out, scope, ['leave', 1]);
  return scope;
}

function optionsOf({ options }: Pick<Block, 'options'>): Partial<ProgramNode> {
  const names = { description: 'description', expected_time: 'expected', max_time: 'limit' } as const;
  const entries = options.map(({ name, value }) => [names[name as keyof typeof names], (value as Literal).value]);
  return Object.fromEntries(entries) as Partial<ProgramNode>;
}

function lineCode(compiling: Compiling, parent: number, { statement, at }: Line, position: number): void {
  if (statement === null) return;
  const line = node(compiling.out, { type: 'L', parent, base: 0, position, line: at.line });
  const start = emit(compiling.out, line, ['line', at.line]);
  if (statement.kind === 'label') compiling.labels[statement.name] = start;
  else statementCode(compiling, line, statement);
}

type StatementCode = {
  readonly [Kind in 'goto' | 'word' | 'block' | 'while' | 'if' | 'assignment']: (
    compiling: Compiling,
    parent: number,
    statement: Extract<Statement, { kind: Kind }>,
  ) => void;
};

const statementCodes: StatementCode = {
  block: scopeCode,
  goto: gotoCode,
  word: wordCode,
  while: whileCode,
  if: ifCode,
  assignment: assignmentCode,
};

function statementCode(compiling: Compiling, parent: number, statement: Statement): void {
  if (statement.kind === 'label') return;
  const special = Object.hasOwn(statementCodes, statement.kind)
    ? statementCodes[statement.kind as keyof StatementCode]
    : undefined;
  if (special !== undefined) return special(compiling, parent, statement as never);
  expressionCode(compiling.out, parent, statement as never, 0, 0);
  emit(compiling.out, parent, ['drop']);
}

function gotoCode(compiling: Compiling, parent: number, { label }: Goto): void {
  const place = node(compiling.out, { type: 'G', parent, base: 0, position: 0 });
  compiling.gotos.push({ at: emit(compiling.out, place, ['goto', label, null]), label });
}

function wordCode(compiling: Compiling, parent: number, { word }: Word): void {
  const { out, loops } = compiling;
  const loop = loops.at(-1);
  const place = node(out, { type: 'O', parent, base: 0, position: 0 });
  if (word === 'pass' || loop === undefined) return;
  const blocks = compiling.blocks - loop.blocks;
  if (blocks > 0) emit(out, place, ['leave', blocks]);
  const jump = emit(out, place, ['jump', loop.start]);
  if (word === 'break') loop.leaving.push(jump);
}

function whileCode(compiling: Compiling, parent: number, { condition, body }: While): void {
  const { out } = compiling;
  const test = node(out, { type: 'W', parent, base: 0, position: 0, doing: 'condition' });
  const round = node(out, { type: 'W', parent, base: 0, position: 0, doing: 'expression' });
  const start = out.code.length;
  expressionCode(out, test, condition, 0, 0);
  const leave = emit(out, test, ['unless', 0]);
  const loop: Loop = { start, blocks: compiling.blocks, leaving: [leave] };
  compiling.loops.push(loop);
  statementCode(compiling, round, body);
  compiling.loops.pop();
  emit(out, round, ['jump', start]);
  for (const jump of loop.leaving) patch(out, jump);
}

function ifCode(compiling: Compiling, parent: number, { branches }: If): void {
  const { out } = compiling;
  const ends: number[] = [];
  branches.forEach(({ condition, body }, branch) => {
    const part = { type: 'I', parent, base: 0, position: branch, count: branches.length } as const;
    let skip: number | null = null;
    if (condition !== null) {
      const test = node(out, { ...part, doing: 'condition' });
      expressionCode(out, test, condition, 0, 0);
      skip = emit(out, test, ['unless', 0]);
    }
    const way = node(out, { ...part, doing: 'expression' });
    statementCode(compiling, way, body);
    if (branch < branches.length - 1) ends.push(emit(out, way, ['jump', 0]));
    if (skip !== null) patch(out, skip);
  });
  for (const end of ends) patch(out, end);
}

function assignmentCode(compiling: Compiling, parent: number, { target, value }: Assignment): void {
  const { out } = compiling;
  const place = node(out, { type: 'A', parent, base: 0, position: 0, ...(target.kind === 'item' && { count: 2 }) });
  if (target.kind === 'item') {
    const { module, name } = target.target;
    expressionCode(out, place, target.index, 0, 0);
    expressionCode(out, place, value, 1, 1);
    emit(out, place, ['storeItem', module, name]);
  } else {
    expressionCode(out, place, value, 1, 0);
    emit(out, place, target.module === null ? ['store', target.name] : ['set', target.module, target.name]);
  }
}
