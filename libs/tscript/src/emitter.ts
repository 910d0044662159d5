import type { Guard, Instruction, ProgramNode } from './program.ts';

/** A program while it is written. */
export interface Emitter {
  readonly code: Instruction[];
  readonly where: number[];
  readonly nodes: ProgramNode[];
  readonly guards: Guard[];
  /** Whether `and` and `or` evaluate both sides. */
  readonly bothSides: boolean;
}

/** An empty program. */
export function emitter(bothSides: boolean): Emitter {
  return { code: [], where: [], nodes: [], guards: [], bothSides };
}

/** Adds an instruction that belongs to a node; gives its index. */
export function emit(out: Emitter, place: number, instruction: Instruction): number {
  out.where.push(place);
  return out.code.push(instruction) - 1;
}

/** Adds a node; gives its index. */
export function node(out: Emitter, added: ProgramNode): number {
  return out.nodes.push(added) - 1;
}

/** Lets a jump lead to what is added next. */
export function patch(out: Emitter, jump: number): void {
  const [operation] = out.code[jump] ?? ['end'];
  out.code[jump] = [operation, out.code.length] as Instruction;
}
