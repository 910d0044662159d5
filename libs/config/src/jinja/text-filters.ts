import { TemplateFault } from './fault.ts';
import { all } from './follow.ts';
import { schemesOf, withLinks } from './links.ts';
import type { Method } from './methods.ts';
import { methods, REQUIRED, textOf, wholeOf } from './methods.ts';
import { percentFormat } from './percent-format.ts';
import { isSecret, SECRET_MARK } from './secret-mark.ts';
import { represented, shown } from './text.ts';
import { capitalized, centered, replaced, stripped } from './text-methods.ts';
import { toJson } from './to-json.ts';
import type { Run, Value } from './values.ts';
import { isList, isMap, isTrue, itemsOf, Undefined, numberOf, Tuple } from './values.ts';

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&#39;', '"': '&#34;' };

const escaped = (text: string): string => text.replace(/[&<>'"]/g, (char) => HTML[char] ?? char);

const formed = (form: (text: string) => string) =>
  [{}, (run: Run, self: Value) => run.budget.text(form(shown(self, run.budget)))] as const;

const unescapedHtml = new Map(Object.entries(HTML).map(([char, code]) => [code, char]));

/** Text without the tags and comments of HTML in it. */
function withoutTags(text: string): string {
  const pieces: string[] = [];
  let at = 0;
  for (let start = text.indexOf('<'); start !== -1; start = text.indexOf('<', at)) {
    const comment = text.startsWith('<!--', start) ? text.indexOf('-->', start + 4) : -1;
    const end = comment === -1 ? text.indexOf('>', start) + 1 : comment + 3;
    if (end === 0) break;
    pieces.push(text.slice(at, start));
    at = end;
  }
  return pieces.join('') + text.slice(at);
}

const stripTags = (text: string): string =>
  withoutTags(text)
    .split(/\s+/)
    .filter(Boolean)
    .join(' ')
    .replace(/&(?:amp|lt|gt|#39|#34);/g, (code) => unescapedHtml.get(code) ?? code);

const titled = (text: string): string =>
  text
    .split(/([-\s({[<]+)/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase())
    .join('');

function indented(run: Run, text: string, by: Value, first: boolean, blank: boolean): string {
  const space = typeof by === 'string' ? by : ' '.repeat(Math.max(0, Math.min(wholeOf(by), text.length + 10_000)));
  const lines = `${text}\n`.split('\n').slice(0, -1);
  run.budget.room(text.length + lines.length * space.length);
  return lines.map((line, n) => ((n === 0 ? first : blank || line !== '') ? space + line : line)).join('\n');
}

function truncated(text: string, length: number, killwords: boolean, end: string, leeway: number): string {
  if (length < end.length || leeway < 0) throw new TemplateFault('ValueError', 'the length is too short');
  if (text.length <= length + leeway) return text;
  const cut = text.slice(0, length - end.length);
  return (killwords || !cut.includes(' ') ? cut : cut.slice(0, cut.lastIndexOf(' '))) + end;
}

function wrapped({ budget }: Run, text: string, width: number, long: boolean, between: string): string {
  const wrap = (line: string): string[] => {
    const lines: string[] = [];
    let current = '';
    for (const word of line.split(/(\s+)/)) {
      if ((current + word).trimEnd().length > width && current !== '') {
        lines.push(current.trimEnd());
        current = word.trimStart();
      } else current += word;
      if (!long) continue;
      while (current.length > width) {
        budget.room(current.length);
        lines.push(current.slice(0, width));
        current = current.slice(width);
      }
    }
    return [...lines, current.trimEnd()].filter((one, _, all) => one !== '' || all.length === 1);
  };
  return text
    .split(/\r\n|\r|\n/)
    .flatMap(wrap)
    .join(between);
}

const UNITS = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];

function fileSize(bytes: number, binary: boolean): string {
  const base = binary ? 1024 : 1000;
  if (bytes === 1) return '1 Byte';
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
  const power = Math.max(1, UNITS.findIndex((_, n) => bytes < base ** (n + 2)) + 1) || UNITS.length;
  const unit = UNITS[power - 1] ?? '';
  return `${(bytes / base ** power).toFixed(1)} ${binary ? `${unit.toUpperCase()}i` : unit}B`;
}

const percent = (text: string, keep: RegExp): string =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(keep, (code) => decodeURIComponent(code));

function urlEncoded(value: Value): string {
  if (typeof value === 'string' || (!isMap(value) && !isList(value) && !(value instanceof Tuple))) {
    return percent(shown(value), /%2F/g);
  }
  const pairs = isMap(value) ? [...value] : itemsOf(value).map((pair) => itemsOf(pair));
  const part = (one: Value = null): string => percent(shown(one), /$^/g).replaceAll('%20', '+');
  return pairs.map(([key, item]) => `${part(key)}=${part(item)}`).join('&');
}

/** The filters that make text of a value. */
export const textFilters: Readonly<Record<string, Method>> = {
  ...methods({
    upper: formed((text) => text.toUpperCase()),
    lower: formed((text) => text.toLowerCase()),
    capitalize: formed(capitalized),
    title: formed(titled),
    string: formed((text) => text),
    safe: formed((text) => text),
    striptags: formed(stripTags),
    e: formed(escaped),
    escape: formed(escaped),
    forceescape: formed(escaped),
    pprint: [{}, (run, self) => represented(self, run.budget)],
    tojson: [
      { indent: null },
      (run, self, indent) => toJson(self, run.budget, indent === null ? undefined : Math.min(16, wholeOf(indent))),
    ],
    trim: [{ chars: null }, (run, self, chars) => stripped(shown(self, run.budget), chars)],
    center: [{ width: 80 }, (run, self, width) => centered(run, shown(self, run.budget), wholeOf(width))],
    replace: [
      { old: REQUIRED, new: REQUIRED, count: null },
      (run, self, old, by, count) =>
        // What a replacement makes of a secret is as secret as it was.
        isSecret(self) || isSecret(old)
          ? SECRET_MARK
          : replaced(run, shown(self, run.budget), shown(old), shown(by), count === null ? -1 : wholeOf(count)),
    ],
    indent: [
      { width: 4, first: false, blank: false },
      (run, self, by, first, blank) => indented(run, textOf(self), by, isTrue(first), isTrue(blank)),
    ],
    truncate: [
      { length: 255, killwords: false, end: '...', leeway: null },
      (run, self, length, kill, end, leeway) =>
        truncated(
          shown(self, run.budget),
          wholeOf(length),
          isTrue(kill),
          textOf(end),
          leeway === null ? 5 : wholeOf(leeway),
        ),
    ],
    wordwrap: [
      { width: 79, break_long_words: true, wrapstring: '\n', break_on_hyphens: true },
      (run, self, width, long, between) =>
        run.budget.text(
          wrapped(run, shown(self, run.budget), Math.max(1, wholeOf(width)), isTrue(long), textOf(between)),
        ),
    ],
    wordcount: [{}, (run, self) => shown(self, run.budget).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0],
    filesizeformat: [
      { binary: false },
      (_, self, binary) => {
        const bytes = numberOf(self) ?? Number(textOf(self).trim() || 'nothing');
        if (Number.isNaN(bytes))
          throw new TemplateFault('ValueError', `could not convert string to float: ${represented(self)}`);
        return fileSize(bytes, isTrue(binary));
      },
    ],
    urlencode: [{}, (run, self) => run.budget.text(urlEncoded(self))],
    urlize: [
      { trim_url_limit: null, nofollow: false, target: null, rel: null, extra_schemes: null },
      (run, self, limit, nofollow, target, rel, schemes) => {
        const given = isTrue(rel) ? textOf(rel).split(/\s+/).filter(Boolean) : [];
        const words = new Set([...given, ...(isTrue(nofollow) ? ['nofollow'] : []), 'noopener']);
        const relation = ` rel="${escaped([...words].toSorted().join(' '))}"`;
        return withLinks(run, run.budget.text(escaped(shown(self, run.budget))), {
          attributes: relation + (isTrue(target) ? ` target="${escaped(shown(target))}"` : ''),
          shown: limit === null ? null : wholeOf(limit),
          schemes: schemes === null ? [] : schemesOf(all(run, schemes)),
        });
      },
    ],
    xmlattr: [
      { autospace: true },
      (run, self, space) => {
        if (!isMap(self)) throw new TemplateFault('TypeError', 'only a map has attributes');
        const attributes = [...self]
          .filter(([, value]) => value !== null && !(value instanceof Undefined))
          .map(([key, value]) => `${escaped(shown(key))}="${escaped(shown(value, run.budget))}"`);
        return (isTrue(space) && attributes.length > 0 ? ' ' : '') + attributes.join(' ');
      },
    ],
  }),
  format: (run, self, { positional, named }) => {
    if (positional.length > 0 && named.size > 0) {
      throw new TemplateFault('FilterArgumentError', "can't handle positional and keyword arguments at the same time");
    }
    return percentFormat(
      shown(self, run.budget),
      named.size > 0 ? new Map<Value, Value>(named) : new Tuple(positional),
      run.budget,
    );
  },
};
