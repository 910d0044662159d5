import { type BlockTimes, type Machine, isRunning } from './machine.ts';
import { toJson } from './json.ts';
import { type FrameType, type Program, type ProgramNode, nodesAt } from './program.ts';
import { valueReader } from './stored-values.ts';
import { textOf } from './text.ts';
import type { Value } from './values.ts';

/** A part of the script in progress: its letter, then what is known of its work. */
export type Frame = readonly [type: FrameType, ...work: unknown[]];

interface Showing {
  readonly machine: Machine;
  readonly operands: readonly unknown[];
  readonly child: ProgramNode | undefined;
  readonly times: BlockTimes | undefined;
}

/** What a script is in the middle of, from the outside in; `DONE` or `ABORTED` when it has ended. */
export function stack(machine: Machine, program: Program): readonly Frame[] | 'DONE' | 'ABORTED' {
  if (machine.state === 'done') return 'DONE';
  if (machine.state === 'aborted') return 'ABORTED';
  if (!isRunning(machine)) return [];
  const read = valueReader(machine.heap);
  const operands = machine.stack.map((stored) => shown(read(stored)));
  const chain = nodesAt(program, machine.pc);
  const scopes = chain.filter(({ type }) => type === 'S');
  return chain.map((node, index) => {
    const times = machine.blocks[scopes.indexOf(node)];
    return [node.type, ...workOf(node, { machine, operands, child: chain[index + 1], times })];
  });
}

/** How many elements of an operand are shown as they are; what has more is shown as text. */
const mostShown = 1000;

function shown(value: Value): unknown {
  try {
    return toJson(value, { most: mostShown });
  } catch {
    return textOf(value);
  }
}

function workOf(node: ProgramNode, showing: Showing): readonly unknown[] {
  const work = works[node.type];
  return work === undefined ? [] : work(node, showing);
}

const works: { readonly [Type in FrameType]?: (node: ProgramNode, showing: Showing) => readonly unknown[] } = {
  S: (_node, { child, times }) => {
    const position = child?.type === 'L' ? child.position : 0;
    if (times === undefined) return [position];
    const start = timeText(times.start);
    return times.deadline === undefined
      ? [position, start]
      : [position, start, times.deadline && timeText(times.deadline)];
  },
  W: ({ doing }) => [{ doing }],
  I: ({ position, doing }) => [{ index: position, doing }],
  X: (node, { operands, child }) => [child?.position === 1 ? { left: operands[node.base] } : {}],
  A: (node, { operands, child }) => [node.count === 2 && child?.position === 1 ? { index: operands[node.base] } : {}],
  Y: (node, showing) => [finished(node, showing)],
  M: (node, showing) => [known(node, showing)],
  R: () => [{}],
  E: () => [null],
  F: callWork,
};

/** The parts of an array, a map or a call that have a value already. */
function finished({ base }: ProgramNode, { operands, child }: Showing): readonly unknown[] {
  return operands.slice(base, child === undefined ? undefined : base + child.position);
}

function known(node: ProgramNode, showing: Showing): Record<string, unknown> {
  const { names = [] } = node;
  return Object.fromEntries(finished(node, showing).map((value, index) => [names[index] ?? index, value]));
}

function callWork(node: ProgramNode, showing: Showing): readonly unknown[] {
  const parameters = { paramaters: known(node, showing) };
  const {
    child,
    machine: { waiting },
  } = showing;
  if (child !== undefined || waiting === null) return [parameters];
  if (waiting.kind === 'called') return [null];
  return [{ ...parameters, handler: waiting.state, module: waiting.module, dispatched: waiting.dispatched }];
}

function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
