import { braceFormat } from './brace-format.ts';
import { TemplateFault } from './fault.ts';
import type { Method } from './methods.ts';
import { methods, REQUIRED, textOf, wholeOf } from './methods.ts';
import { shown } from './text.ts';
import type { Run, Value } from './values.ts';
import { isMap, itemsOf, kindOf, made, Tuple } from './values.ts';

const SPACE = /\s/u;

/** Text without some characters at its ends; white space unless others are named. */
export function stripped(text: string, chars: Value | undefined, ends: 'both' | 'left' | 'right' = 'both'): string {
  const set = typeof chars === 'string' ? new Set(chars) : undefined;
  const goes = (char: string | undefined): boolean => char !== undefined && (set ? set.has(char) : SPACE.test(char));
  let from = 0;
  let to = text.length;
  if (ends !== 'right') while (from < to && goes(text[from])) from += 1;
  if (ends !== 'left') while (to > from && goes(text[to - 1])) to -= 1;
  return text.slice(from, to);
}

/** Text in as many pieces as a separator makes of it; white space of any length where none is named. */
function split(text: string, separator: Value | undefined, most: number, fromEnd: boolean): string[] {
  if (separator === '') throw new TemplateFault('ValueError', 'empty separator');
  const sep = typeof separator === 'string' ? separator : undefined;
  const trimmed = text.trim();
  if (sep === undefined && trimmed === '') return [];
  const pieces = sep === undefined ? trimmed.split(/\s+/u) : text.split(sep);
  if (most < 0 || pieces.length <= most + 1) return pieces;
  if (sep !== undefined) {
    return fromEnd
      ? [pieces.slice(0, pieces.length - most).join(sep), ...pieces.slice(pieces.length - most)]
      : [...pieces.slice(0, most), pieces.slice(most).join(sep)];
  }
  return fromEnd ? splitSpacesFromEnd(text.trimEnd(), most) : splitSpaces(text.trimStart(), most);
}

function splitSpaces(text: string, most: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (pieces.length < most) {
    const space = /\s+/u.exec(rest);
    if (!space) break;
    pieces.push(rest.slice(0, space.index));
    rest = rest.slice(space.index + space[0].length);
  }
  return [...pieces, rest];
}

const reversed = (text: string): string => Array.from(text).toReversed().join('');

const splitSpacesFromEnd = (text: string, most: number): string[] =>
  splitSpaces(reversed(text), most).map(reversed).toReversed();

/** Text with every occurrence of another (or the first so many) replaced. */
export function replaced(run: Run, text: string, old: string, by: string, count: number): string {
  const pieces = old === '' ? ['', ...Array.from(text), ''] : text.split(old);
  const times = count < 0 ? pieces.length - 1 : Math.min(count, pieces.length - 1);
  run.budget.room(text.length + times * Math.max(0, by.length - old.length));
  return (
    pieces
      .slice(0, times)
      .map((piece) => piece + by)
      .join('') + pieces.slice(times).join(old)
  );
}

/** Text in the middle of so many characters. */
export function centered(run: Run, text: string, width: number, fill = ' '): string {
  run.budget.room(width);
  const room = Math.max(0, width - text.length);
  const left = Math.floor(room / 2) + (room % 2 && width % 2 ? 1 : 0);
  return fill.repeat(left) + text + fill.repeat(room - left);
}

/** The first letter large, the others small. */
export const capitalized = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase();

const titled = (text: string): string => text.replace(/\p{L}+/gu, capitalized);

const swapped = (char: string): string => (char === char.toUpperCase() ? char.toLowerCase() : char.toUpperCase());

const partition = (text: string, separator: string, at: number): Tuple =>
  at === -1 ? new Tuple([text, '', '']) : new Tuple([text.slice(0, at), separator, text.slice(at + separator.length)]);

const affixed = (text: Value, affix: Value | undefined, has: (text: string, affix: string) => boolean): boolean =>
  (affix instanceof Tuple ? affix.items : [affix]).some((one) => has(textOf(text), textOf(one)));

function position(text: Value, part: Value | undefined, from: Value | undefined, last: boolean): number {
  const start = from === null || from === undefined ? 0 : wholeOf(from);
  const [whole, sub] = [textOf(text), textOf(part)];
  const at = last ? whole.lastIndexOf(sub) : whole.indexOf(sub, start < 0 ? Math.max(0, whole.length + start) : start);
  return at < start ? -1 : at;
}

function found(at: number): number {
  if (at === -1) throw new TemplateFault('ValueError', 'substring not found');
  return at;
}

function justified(run: Run, text: Value, width: Value | undefined, fill: Value | undefined, left: boolean): string {
  const size = wholeOf(width);
  run.budget.room(size);
  return left ? textOf(text).padEnd(size, textOf(fill)) : textOf(text).padStart(size, textOf(fill));
}

const all = (pattern: RegExp) => [{}, (_: Run, self: Value) => pattern.test(textOf(self))] as const;
const cased = (form: (text: string) => string) =>
  [
    {},
    (_: Run, self: Value) => form(textOf(self)) === self && textOf(self).toLowerCase() !== textOf(self).toUpperCase(),
  ] as const;
const formed = (form: (text: string) => string) =>
  [{}, (run: Run, self: Value) => run.budget.text(form(textOf(self)))] as const;
const pieces = (run: Run, of: string[]): Value => {
  run.budget.spend(of.length);
  return made(of);
};

/** The methods of text, as Python has them. */
export const textMethods: Readonly<Record<string, Method>> = {
  ...methods({
    upper: formed((text) => text.toUpperCase()),
    lower: formed((text) => text.toLowerCase()),
    casefold: formed((text) => text.toLowerCase()),
    capitalize: formed(capitalized),
    title: formed(titled),
    swapcase: formed((text) => Array.from(text, swapped).join('')),
    isdigit: all(/^\p{Nd}+$/u),
    isnumeric: all(/^\p{N}+$/u),
    isdecimal: all(/^\p{Nd}+$/u),
    isalpha: all(/^\p{L}+$/u),
    isalnum: all(/^[\p{L}\p{N}]+$/u),
    isspace: all(/^\s+$/u),
    isupper: cased((text) => text.toUpperCase()),
    islower: cased((text) => text.toLowerCase()),
    split: [
      { sep: null, maxsplit: -1 },
      (run, self, sep, most) => pieces(run, split(textOf(self), sep, wholeOf(most), false)),
    ],
    rsplit: [
      { sep: null, maxsplit: -1 },
      (run, self, sep, most) => pieces(run, split(textOf(self), sep, wholeOf(most), true)),
    ],
    splitlines: [
      { keepends: false },
      (run, self, keep) => {
        const lines = textOf(self).match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
        return pieces(run, keep === true ? lines : lines.map((line) => line.replace(/[\r\n]+$/, '')));
      },
    ],
    join: [
      { iterable: REQUIRED },
      (run, self, items) => {
        const texts = itemsOf(items ?? null).map((item, n) => {
          if (typeof item === 'string') return item;
          throw new TemplateFault('TypeError', `sequence item ${n}: expected str instance, ${kindOf(item)} found`);
        });
        run.budget.room(texts.reduce((sum, text) => sum + text.length + textOf(self).length, 0));
        return texts.join(textOf(self));
      },
    ],
    strip: [{ chars: null }, (_, self, chars) => stripped(textOf(self), chars)],
    lstrip: [{ chars: null }, (_, self, chars) => stripped(textOf(self), chars, 'left')],
    rstrip: [{ chars: null }, (_, self, chars) => stripped(textOf(self), chars, 'right')],
    startswith: [{ prefix: REQUIRED }, (_, self, prefix) => affixed(self, prefix, (text, one) => text.startsWith(one))],
    endswith: [{ suffix: REQUIRED }, (_, self, suffix) => affixed(self, suffix, (text, one) => text.endsWith(one))],
    removeprefix: [
      { prefix: REQUIRED },
      (_, self, prefix) => (textOf(self).startsWith(textOf(prefix)) ? textOf(self).slice(textOf(prefix).length) : self),
    ],
    removesuffix: [
      { suffix: REQUIRED },
      (_, self, suffix) =>
        suffix !== '' && textOf(self).endsWith(textOf(suffix)) ? textOf(self).slice(0, -textOf(suffix).length) : self,
    ],
    replace: [
      { old: REQUIRED, new: REQUIRED, count: -1 },
      (run, self, old, by, count) => replaced(run, textOf(self), textOf(old), textOf(by), wholeOf(count)),
    ],
    find: [{ sub: REQUIRED, start: null }, (_, self, sub, start) => position(self, sub, start, false)],
    rfind: [{ sub: REQUIRED, start: null }, (_, self, sub, start) => position(self, sub, start, true)],
    index: [{ sub: REQUIRED, start: null }, (_, self, sub, start) => found(position(self, sub, start, false))],
    rindex: [{ sub: REQUIRED, start: null }, (_, self, sub, start) => found(position(self, sub, start, true))],
    count: [
      { sub: REQUIRED },
      (_, self, sub) => (sub === '' ? textOf(self).length + 1 : textOf(self).split(textOf(sub)).length - 1),
    ],
    partition: [
      { sep: REQUIRED },
      (_, self, sep) => partition(textOf(self), textOf(sep), textOf(self).indexOf(textOf(sep))),
    ],
    rpartition: [
      { sep: REQUIRED },
      (_, self, sep) => {
        const at = textOf(self).lastIndexOf(textOf(sep));
        return at === -1 ? new Tuple(['', '', self]) : partition(textOf(self), textOf(sep), at);
      },
    ],
    center: [
      { width: REQUIRED, fillchar: ' ' },
      (run, self, width, fill) => centered(run, textOf(self), wholeOf(width), textOf(fill)),
    ],
    ljust: [{ width: REQUIRED, fillchar: ' ' }, (run, self, width, fill) => justified(run, self, width, fill, true)],
    rjust: [{ width: REQUIRED, fillchar: ' ' }, (run, self, width, fill) => justified(run, self, width, fill, false)],
    zfill: [
      { width: REQUIRED },
      (run, self, width) => {
        run.budget.room(wholeOf(width));
        const sign = /^[+-]/.exec(textOf(self))?.[0] ?? '';
        return (
          sign +
          textOf(self)
            .slice(sign.length)
            .padStart(wholeOf(width) - sign.length, '0')
        );
      },
    ],
    format_map: [
      { mapping: REQUIRED },
      (run, self, map) =>
        braceFormat(run, textOf(self), {
          positional: [],
          named: new Map(isMap(map) ? [...map].map(([key, value]) => [shown(key), value]) : []),
        }),
    ],
  }),
  format: (run, self, args) => braceFormat(run, textOf(self), args),
};
