const DATE = String.raw`(\d{4})-?(\d{2})-?(\d{2})`;
const TIME = String.raw`(\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)?`;
const ZONE = String.raw`(z|([+-])(\d{2}):?(\d{2})?)`;
const MOMENT = new RegExp(`^\\s*${DATE}(?:[t ]${TIME}\\s*${ZONE}?)?\\s*$`, 'i');

/**
 * A moment in one of the forms of ISO 8601 (extended or basic, any offset, up to nine decimals) as ISO 8601 with
 * microseconds in UTC; undefined where the text is no moment. Without an offset it is taken to be UTC.
 */
export function toMoment(text: string): string | undefined {
  const match = MOMENT.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((n) => Number(match[n] ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [, , , , , , , fraction = '', , sign, offsetHours = '0', offsetMinutes = '0'] = match;
  if (hour > 23 || minute > 59 || second > 59 || Number(offsetHours) > 23 || Number(offsetMinutes) > 59)
    return undefined;
  const offset = (sign === '-' ? -1 : 1) * (Number(offsetHours) * 60 + Number(offsetMinutes));
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  date.setUTCHours(hour, minute - offset, second);
  const iso = date.toISOString();
  if (!/^\d{4}-/.test(iso) || iso.startsWith('0000')) return undefined;
  return `${iso.slice(0, 19)}.${fraction.slice(0, 6).padEnd(6, '0')}+00:00`;
}

const AS_SHOWN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}\+00:00$/;

/** A moment of the inside as answers show it: ISO 8601 with microseconds in UTC, which most are already. */
export const shownMoment = (text: string): string => (AS_SHOWN.test(text) ? text : (toMoment(text) ?? text));
