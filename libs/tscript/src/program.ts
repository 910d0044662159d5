import type { Operator } from './operators.ts';
import type { Stored } from './stored-values.ts';

/** One step of a program: its name and what it works on. Jumps lead to indexes of the code. */
export type Instruction =
  | readonly ['line', number]
  | readonly ['enter', number]
  | readonly ['leave', number]
  | readonly ['push', Stored]
  | readonly ['drop']
  | readonly ['array', number]
  | readonly ['map', readonly string[]]
  | readonly ['load', string]
  | readonly ['get', string, string]
  | readonly ['item', string | null, string]
  | readonly ['store', string]
  | readonly ['set', string, string]
  | readonly ['storeItem', string | null, string]
  | readonly ['infix', Operator]
  | readonly ['not']
  | readonly ['and', number]
  | readonly ['or', number]
  | readonly ['unless', number]
  | readonly ['jump', number]
  | readonly ['goto', string, number | null]
  | readonly ['call', string | null, string, readonly string[]]
  | readonly ['end'];

/** The letters by which the parts of a script are known in its state. */
export type FrameType = 'S' | 'L' | 'J' | 'G' | 'C' | 'X' | 'W' | 'I' | 'V' | 'R' | 'Y' | 'M' | 'F' | 'A' | 'E' | 'O';

/** A part of the script that can be in progress, seen from inside: its parent is what surrounds it. */
export interface ProgramNode {
  readonly type: FrameType;
  readonly parent: number | null;
  /** How many operands lay on the stack when it began. */
  readonly base: number;
  /** Which part of its parent it is. */
  readonly position: number;
  /** How many parts it has (blocks and choices). */
  readonly count?: number;
  readonly line?: number;
  readonly doing?: 'condition' | 'expression';
  readonly description?: string;
  /** Seconds. */
  readonly expected?: number;
  /** Seconds. */
  readonly limit?: number;
  readonly module?: string | null;
  readonly name?: string;
  readonly names?: readonly string[];
}

/** Between two instructions a name that is not defined leads to `target`, with `depth` operands left on the stack. */
export interface Guard {
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  readonly target: number;
}

/** A compiled script: plain JSON, found by its hash, which covers the source and the version of this form. */
export interface Program {
  readonly version: 1;
  readonly hash: string;
  readonly code: readonly Instruction[];
  readonly nodes: readonly ProgramNode[];
  /** The node in progress at each instruction. */
  readonly where: readonly number[];
  readonly labels: Readonly<Record<string, number>>;
  readonly guards: readonly Guard[];
}

/** The nodes in progress at an instruction, the outermost first. */
export function nodesAt(program: Program, pc: number): ProgramNode[] {
  const chain: ProgramNode[] = [];
  let place: number | null | undefined = program.where[pc];
  while (place !== null && place !== undefined) {
    const node: ProgramNode | undefined = program.nodes[place];
    if (node === undefined) break;
    chain.unshift(node);
    place = node.parent;
  }
  return chain;
}

/** The line of the source an instruction belongs to; null outside of any line. */
export function lineAt(program: Program, pc: number): number | null {
  return nodesAt(program, pc).findLast(({ line }) => line !== undefined)?.line ?? null;
}
