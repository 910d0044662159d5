import { call } from './calls.ts';
import { copyOf } from './copy.ts';
import { operations } from './operators.ts';
import type { Instruction } from './program.ts';
import { type Running, charged, pop, readMember, writeMember } from './running.ts';
import { boundedSize } from './limits.ts';
import { NotDefined, ParameterError, LanguageFault } from './signals.ts';
import { valueReader } from './stored-values.ts';
import { type MapEntry, type Value, characters, isCompound, keyOf, kindOf, mapOf, position, truth } from './values.ts';

/** What an instruction does to the script that is running; moving on is part of it. */
export type Step = (running: Running) => void;

type Links = {
  readonly [Name in Instruction[0]]: (instruction: Extract<Instruction, readonly [Name, ...unknown[]]>) => Step;
};

/** An instruction as a function of its own. */
export function link(instruction: Instruction): Step {
  return links[instruction[0]](instruction as never);
}

const next =
  (act: Step): Step =>
  (running) => {
    act(running);
    running.pc += 1;
  };

const links: Links = {
  line: ([, line]) =>
    next((running) => {
      running.line = line;
    }),
  enter: ([, place]) =>
    next((running) => {
      const { now } = running.options;
      const limit = running.program.nodes[place]?.limit;
      running.blocks.push(limit === undefined ? { start: now } : { start: now, deadline: now + limit * 1000 });
    }),
  leave: ([, count]) =>
    next(({ blocks }) => {
      blocks.length -= count;
    }),
  push: ([, stored]) => {
    const value = valueReader([])(stored);
    return next(({ stack }) => void stack.push(value));
  },
  drop: () => next(({ stack }) => void stack.pop()),
  array: ([, count]) => next(({ stack }) => void stack.push(stack.splice(stack.length - count, count))),
  map: ([, names]) =>
    next(({ stack }) => {
      const values = stack.splice(stack.length - names.length, names.length);
      stack.push(mapOf(names.map((name, index) => [name, values[index] ?? null] as const)));
    }),
  load: ([, name]) => next((running) => void running.stack.push(variable(running, name))),
  get: ([, module, name]) => next((running) => void running.stack.push(readMember(running, module, name, false))),
  item: ([, module, name]) =>
    next((running) => {
      const index = pop(running);
      const holder = module === null ? variable(running, name) : readMember(running, module, name, true);
      running.stack.push(itemOf(running, holder, index));
    }),
  store: ([, name]) => next((running) => void running.variables.set(name, ownCopy(running, pop(running)))),
  set: ([, module, name]) => next((running) => writeMember(running, module, name, ownCopy(running, pop(running)))),
  storeItem: ([, module, name]) => next((running) => storeItem(running, module, name)),
  infix: ([, operator]) => {
    const operation = operations[operator];
    return next((running) => {
      const right = pop(running);
      const left = pop(running);
      running.stack.push(charged(running, (walk) => operation(left, right, running.line, walk)));
    });
  },
  not: () => next((running) => void running.stack.push(!truth(pop(running)))),
  and: ([, target]) => decide((value) => !truth(value), target),
  or: ([, target]) => decide(truth, target),
  unless:
    ([, target]) =>
    (running) => {
      running.pc = truth(pop(running)) ? running.pc + 1 : target;
    },
  jump:
    ([, target]) =>
    (running) => {
      running.pc = target;
    },
  goto:
    ([, label, target]) =>
    (running) => {
      if (target === null) throw new NotDefined(label, running.line);
      running.blocks.length = 1;
      running.pc = target;
    },
  call:
    ([, module, name, names]) =>
    (running) =>
      call(running, module, name, names),
  end: () => () => {
    throw new Ended();
  },
};

/** Thrown at the end of the program. */
export class Ended extends Error {}

/** A side that decides stays as the value; otherwise it is dropped and the other side is evaluated. */
function decide(decides: (value: Value) => boolean, target: number): Step {
  return (running) => {
    const value = running.stack.at(-1) ?? null;
    if (decides(value)) running.pc = target;
    else {
      running.stack.pop();
      running.pc += 1;
    }
  };
}

function variable({ variables, line }: Running, name: string): Value {
  const value = variables.get(name);
  if (value === undefined) throw new NotDefined(name, line);
  return value;
}

/** What an assignment stores: a copy of arrays and maps, which costs as much as it is large. */
function ownCopy(running: Running, value: Value): Value {
  return isCompound(value) ? charged(running, (walk) => copyOf(value, walk)) : value;
}

function itemOf(running: Running, holder: Value, index: Value): Value {
  const { line } = running;
  if (holder instanceof Map) return entryOf(holder, index, line).value;
  if (!Array.isArray(holder) && typeof holder !== 'string') throw new LanguageFault(`${kindOf(holder)} has no items`);
  const at = placeOf(index);
  const whole = typeof holder === 'string' ? characters(holder) : holder;
  if (Array.isArray(whole) && whole !== holder) running.spent += whole.length >> 4;
  const item = whole[at < 0 ? at + whole.length : at];
  if (item === undefined) throw new NotDefined('Index/Key does not exist', line);
  return item;
}

function placeOf(index: Value): number {
  const at = position(index);
  if (at === undefined) throw new LanguageFault(`${kindOf(index)} cannot be an index`);
  return at;
}

function entryOf(map: ReadonlyMap<string, MapEntry>, index: Value, line: number): MapEntry {
  const entry = map.get(nameOfKey(index));
  if (entry === undefined) throw new NotDefined('Index/Key does not exist', line);
  return entry;
}

function nameOfKey(index: Value): string {
  const name = keyOf(index);
  if (name === undefined) throw new LanguageFault(`${kindOf(index)} cannot be a key`);
  return name;
}

function storeItem(running: Running, module: string | null, name: string): void {
  const value = ownCopy(running, pop(running));
  const index = pop(running);
  if (module !== null) throw new ParameterError('target', 'Can only assign to variables', running.line);
  const holder = running.variables.get(name);
  if (holder === undefined) throw new LanguageFault(`the variable "${name}" does not exist`);
  if (holder instanceof Map) {
    const key = nameOfKey(index);
    const entry = holder.get(key);
    boundedSize(holder.size);
    if (entry === undefined) holder.set(key, { key: index, value });
    else entry.value = value;
    return;
  }
  if (!Array.isArray(holder)) throw new LanguageFault(`an item of ${kindOf(holder)} cannot be assigned to`);
  const at = placeOf(index);
  const place = at < 0 ? at + holder.length : at;
  if (place < 0 || place >= holder.length) throw new LanguageFault(`"${name}" has no index ${at}`);
  holder[place] = value;
}
