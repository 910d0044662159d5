/** While {@link writeJson} runs: how many floats it has come upon. */
let written: number | undefined;

/** Stands before the text of a float in the JSON text that is being made; nobody outside of the process knows it. */
const MARK = `float ${crypto.randomUUID()} `;
const MARKED = new RegExp(`"${MARK}([^"]+)"`, 'g');

/**
 * A float whose value happens to be whole (`1.0`, `6 / 2`): as JSON, in templates and in scripts it keeps its point, and
 * it is another value than the integer. Every other float is a plain number. It never changes.
 */
export class IntegralFloat extends Number {
  /** To TypeScript no number is one; nothing of it is there when the program runs. */
  declare protected readonly kind: 'float';

  static is(value: unknown): value is IntegralFloat {
    return value instanceof IntegralFloat;
  }

  /** `writeJson` writes `1.0`; for `JSON.stringify` alone there is no other form than `1`. */
  toJSON(): number | string {
    if (written === undefined) return this.valueOf();
    written += 1;
    return `${MARK}${floatText(this.valueOf())}`;
  }
}

/** A float: a plain number unless it is whole. */
export const floatOf = (value: number): number | IntegralFloat =>
  Number.isInteger(value) ? new IntegralFloat(value) : value;

/** The number something is, float or integer; undefined where it is none. */
export const numberIn = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : IntegralFloat.is(value) ? value.valueOf() : undefined;

/** All digits of a whole float, and its point: `1.0`, `-0.0`, `10000000000000000000000.0`. */
function floatText(value: number): string {
  const digits = Math.abs(value) < 1e21 ? String(value) : String(BigInt(value));
  return `${Object.is(value, -0) ? '-0' : digits}.0`;
}

/** JSON text as `JSON.stringify` makes it, indented by `space`, and whole floats in it keep their point. */
export function writeJson(value: unknown, space?: number): string {
  written = 0;
  try {
    const text = JSON.stringify(value, undefined, space) as string | undefined;
    return written === 0 || text === undefined ? (text as string) : text.replace(MARKED, '$1');
  } finally {
    written = undefined;
  }
}
