/** A number in one of the forms that format strings name: `x`, `o`, `b`, `f`, `e`, `g`, `%`. */
export function formatNumber(value: number, form: string, precision = 6): string {
  const upper = form !== form.toLowerCase();
  const text = FORMS[form.toLowerCase()]?.(value, Math.min(precision, 100)) ?? String(value);
  return upper ? text.toUpperCase() : text;
}

const FORMS: Readonly<Record<string, (value: number, precision: number) => string>> = {
  x: (value) => value.toString(16),
  o: (value) => value.toString(8),
  b: (value) => value.toString(2),
  f: (value, precision) => value.toFixed(precision),
  e: (value, precision) => exponent(value.toExponential(precision)),
  g: (value, precision) => general(value, precision),
  '%': (value, precision) => `${(value * 100).toFixed(precision)}%`,
};

/** An exponent has two digits at least. */
const exponent = (text: string): string => text.replace(/e([+-])(\d)$/, 'e$10$2');

function general(value: number, precision: number): string {
  if (value === 0) return '0';
  const digits = Math.max(1, precision);
  const power = Number(value.toExponential(digits - 1).split('e')[1]);
  if (power < -4 || power >= digits) {
    return exponent(value.toExponential(digits - 1).replace(/\.?0+e/, 'e'));
  }
  const text = value.toFixed(digits - 1 - power);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
