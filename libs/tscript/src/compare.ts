import { type Walk, visit } from './limits.ts';
import { LanguageFault } from './signals.ts';
import { type Value, kindOf, numeric } from './values.ts';

/** Whether two values are equal: by structure, numbers and booleans by size, different kinds never. */
export function equal(left: Value, right: Value, walk: Walk): boolean {
  return same(left, right, walk, 1);
}

/** Negative, zero or positive as the left comes before, with or after the right; throws when they have no order. */
export function order(left: Value, right: Value, walk: Walk): number {
  return ordered(left, right, walk, 1);
}

function same(left: Value, right: Value, walk: Walk, depth: number): boolean {
  if (typeof left === 'string' || left === null) return left === right;
  const number = numeric(left);
  if (number !== undefined) return number === numeric(right);
  visit(walk, depth);
  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false;
    return left === right || left.every((element, index) => same(element, right[index] ?? null, walk, depth + 1));
  }
  if (left instanceof Map) {
    if (!(right instanceof Map) || left.size !== right.size) return false;
    if (left === right) return true;
    return [...left].every(([name, { value }]) => {
      const other = right.get(name);
      return other !== undefined && same(value, other.value, walk, depth + 1);
    });
  }
  return sameMarked(left, right);
}

function sameMarked(left: Value, right: Value): boolean {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (!('kind' in left) || !('kind' in right)) return false;
  if (left.kind === 'duration') return right.kind === 'duration' && left.seconds === right.seconds;
  return left.kind === right.kind && left.kind !== 'float' && JSON.stringify(left) === JSON.stringify(right);
}

function ordered(left: Value, right: Value, walk: Walk, depth: number): number {
  const [first, second] = [numeric(left), numeric(right)];
  if (first !== undefined && second !== undefined) return first === second ? 0 : first - second || Number.NaN;
  if (typeof left === 'string' && typeof right === 'string') return orderTexts(left, right);
  if (Array.isArray(left) && Array.isArray(right)) {
    visit(walk, depth);
    const at = left.findIndex(
      (element, index) => index >= right.length || !same(element, right[index] ?? null, walk, 1),
    );
    if (at < 0 || at >= right.length) return left.length - right.length;
    return ordered(left[at] ?? null, right[at] ?? null, walk, depth + 1);
  }
  const [a, b] = [kindOf(left), kindOf(right)];
  if (a === 'duration' && b === 'duration') return secondsOf(left) - secondsOf(right);
  throw new LanguageFault(`${a} and ${b} have no order`);
}

function secondsOf(value: Value): number {
  return value !== null && typeof value === 'object' && 'kind' in value && value.kind === 'duration'
    ? value.seconds
    : 0;
}

/** By code point, which differs from the order of UTF-16 units above U+FFFF. */
function orderTexts(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  let at = 0;
  while (at < length && left.charCodeAt(at) === right.charCodeAt(at)) at += 1;
  if (at === length) return left.length - right.length;
  return rank(left.charCodeAt(at)) - rank(right.charCodeAt(at));
}

function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}
