import { taggedFloat } from './json.ts';
import { type Emitter, emit, node, patch } from './emitter.ts';
import type { FrameType, ProgramNode } from './program.ts';
import type { Stored } from './stored-values.ts';
import type { Call, Exists, Expression, Infix, Item, Literal } from './tree.ts';

interface Place {
  readonly out: Emitter;
  readonly parent: number;
  readonly position: number;
  /** How many operands lie on the stack before it. */
  readonly depth: number;
}

/** Adds the code that leaves the value of an expression on the stack. */
export function expressionCode(out: Emitter, parent: number, value: Expression, position: number, depth: number): void {
  codes[value.kind]({ out, parent, position, depth }, value as never);
}

type Codes = {
  readonly [Kind in Expression['kind']]: (place: Place, value: Extract<Expression, { kind: Kind }>) => void;
};

const codes: Codes = {
  literal: (place, literal) => {
    emit(place.out, enter(place, 'C'), ['push', constantOf(literal)]);
  },
  reference: (place, { module, name }) => {
    emit(place.out, enter(place, 'V', { module, name }), module === null ? ['load', name] : ['get', module, name]);
  },
  item: itemCode,
  not: (place, { operand }) => {
    const within = enter(place, 'X');
    expressionCode(place.out, within, operand, 0, place.depth);
    emit(place.out, within, ['not']);
  },
  infix: infixCode,
  array: (place, { elements }) => {
    const within = enter(place, 'Y');
    elements.forEach((element, index) => expressionCode(place.out, within, element, index, place.depth + index));
    emit(place.out, within, ['array', elements.length]);
  },
  map: (place, { entries }) => {
    const names = entries.map(({ name }) => name);
    const within = enter(place, 'M', { names });
    entries.forEach(({ value }, index) => expressionCode(place.out, within, value, index, place.depth + index));
    emit(place.out, within, ['map', names]);
  },
  call: callCode,
  exists: existsCode,
};

function enter({ out, parent, position, depth }: Place, type: FrameType, more: Partial<ProgramNode> = {}): number {
  return node(out, { type, parent, base: depth, position, ...more });
}

function constantOf({ type, value }: Literal): Stored {
  if (type === 'duration') return { $seconds: value };
  return type === 'float' ? taggedFloat(Number(value)) : value;
}

function itemCode(place: Place, { target, index }: Item): void {
  const { module, name } = target;
  const within = enter(place, 'R', { module, name });
  expressionCode(place.out, within, index, 0, place.depth);
  emit(place.out, within, ['item', module, name]);
}

function infixCode(place: Place, { operator, left, right }: Infix): void {
  const { out, depth } = place;
  const within = enter(place, 'X');
  expressionCode(out, within, left, 0, depth);
  if (!out.bothSides && (operator === 'and' || operator === 'or')) {
    const decided = emit(out, within, [operator, 0]);
    expressionCode(out, within, right, 1, depth);
    patch(out, decided);
  } else {
    expressionCode(out, within, right, 1, depth + 1);
    emit(out, within, ['infix', operator]);
  }
}

function callCode(place: Place, { module, name, parameters }: Call): void {
  const names = parameters.map((parameter) => parameter.name);
  const within = enter(place, 'F', { module, name, names });
  parameters.forEach(({ value }, index) => expressionCode(place.out, within, value, index, place.depth + index));
  emit(place.out, within, ['call', module, name, names]);
}

function existsCode(place: Place, { target }: Exists): void {
  const { out, depth } = place;
  const within = enter(place, 'E');
  const from = out.code.length;
  expressionCode(out, within, target, 0, depth);
  const to = emit(out, within, ['drop']);
  emit(out, within, ['push', true]);
  const end = emit(out, within, ['jump', 0]);
  out.guards.push({ from, to, depth, target: out.code.length });
  emit(out, within, ['push', false]);
  patch(out, end);
}
