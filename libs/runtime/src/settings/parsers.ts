import os from 'node:os';
import path from 'node:path';

/** Reads the text of a setting. */
export interface Parser<T> {
  /** Whether a value may hold a secret: it is repeated nowhere then. */
  readonly secret: boolean;
  /** @throws InvalidValue */
  read(text: string): T;
}

/** The text of a setting does not keep to the rule; the message is the rule. */
export class InvalidValue extends Error {}

/** A parser of one's own. @param read throws {@link InvalidValue} with the rule */
export const parser = <T>(read: (text: string) => T, { secret = false } = {}): Parser<T> => ({ secret, read });

/** Any text. */
export const text = (): Parser<string> => parser((value) => value);

/** Any text, repeated nowhere. */
export const secretText = (): Parser<string> => parser((value) => value, { secret: true });

/** A whole number within a range. */
export const integer = (least: number, most: number): Parser<number> =>
  parser((value) => {
    const number = Number(value);
    if (/^-?\d+$/.test(value) && number >= least && number <= most) return number;
    throw new InvalidValue(`must be a whole number from ${least} to ${most}`);
  });

/** A number of seconds, read as milliseconds. */
export const seconds = (least: number, most: number): Parser<number> => {
  const whole = integer(least, most);
  return parser((value) => whole.read(value) * 1000);
};

/** One of a few words. */
export const choice = <C extends string>(...choices: readonly C[]): Parser<C> =>
  parser((value) => {
    const found = choices.find((one) => one === value);
    if (found === undefined) throw new InvalidValue(`must be one of ${choices.join(', ')}`);
    return found;
  });

/** Parts separated by commas; blanks around a part and empty parts do not count. */
export const list = (fits: (part: string) => boolean, rule: string): Parser<readonly string[]> =>
  parser((value) => {
    const parts = value.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
    if (!parts.every(fits)) throw new InvalidValue(rule);
    return parts;
  });

/**
 * A URL; it may hold a password, so it is not repeated.
 * @param schemes each with its colon
 * @param canParse whether the client that uses it can read it
 */
export const url = (
  schemes: readonly string[],
  canParse: (value: string) => boolean = (value) => URL.canParse(value),
): Parser<string> =>
  parser(
    (value) => {
      if (!schemes.includes(value.slice(0, value.indexOf(':') + 1))) {
        throw new InvalidValue(`must begin with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`);
      }
      if (!canParse(value)) {
        throw new InvalidValue('must be a URL; a special character in its password has to be percent-encoded');
      }
      return value;
    },
    { secret: true },
  );

/** A directory, as an absolute path; `~` is the home directory. */
export const directory = (): Parser<string> =>
  parser((value) => path.resolve(value.replace(/^~(?=\/|$)/, os.homedir())));
