/**
 * A whole number as it is sent: a number where that is exact (up to 2^53 - 1), else decimal text; null where there is none.
 * @param value decimal text, or a bigint
 */
export function exactNumber(value: unknown): number | string | null {
  if (typeof value !== 'string' && typeof value !== 'bigint' && typeof value !== 'number') return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
