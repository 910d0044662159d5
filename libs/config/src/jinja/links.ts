import { TemplateFault } from './fault.ts';
import { textOf } from './methods.ts';
import { represented } from './text.ts';
import type { Run, Value } from './values.ts';

/** How places that are found in a text become links. */
export interface LinkForm {
  /** Attributes of a link besides where it leads: ` rel="noopener"`. */
  readonly attributes: string;
  /** How many characters of a place are shown; null: all. */
  readonly shown: number | null;
  /** Beginnings of further places: `ftp://`. */
  readonly schemes: readonly string[];
}

/** What Python takes for a letter of a word. */
const LETTER = String.raw`\p{L}\p{N}_`;

const PLACE = new RegExp(
  '^(?:' +
    // A scheme or `www`, and a name.
    String.raw`(?:https?://|www\.)(?:[${LETTER}%-]+\.)*(?:[a-z]{2,63}|xn--[${LETTER}%]{2,59})` +
    // A name below one of the oldest domains.
    String.raw`|(?:[${LETTER}%-]{2,63}\.)+(?:com|net|int|edu|gov|org|info|mil)` +
    // A scheme and an address.
    String.raw`|https?://(?:\p{Nd}{1,3}(?:\.\p{Nd}{1,3}){3}|\[(?:[\p{Nd}a-f]{0,4}:){2}(?:[\p{Nd}a-f]{0,4}:?){1,6}\])` +
    String.raw`)(?::\p{Nd}{1,5})?(?:[/?#]\S*)?$`,
  'iu',
);
const MAIL_DOMAIN = new RegExp(String.raw`^[${LETTER}][${LETTER}.-]*$`, 'u');
const MAIL_END = new RegExp(String.raw`^[${LETTER}]+$`, 'u');
const SCHEME = new RegExp(String.raw`^[${LETTER}.+-]{2,}:/{0,2}$`, 'u');

/** Brackets that stand around places, as they are in escaped text. */
const BRACKETS = [
  ['(', ')'],
  ['&lt;', '&gt;'],
] as const;
const OPENING = /^(?:\(|&lt;)+/;
const CLOSING = [')', '.', ',', '&gt;'];

/** Whether a text is an address of mail: what a backtracking pattern would take long to say of long text. */
function isMail(text: string): boolean {
  const at = text.lastIndexOf('@');
  const domain = text.slice(at + 1);
  const dot = domain.lastIndexOf('.');
  return at > 0 && dot > 0 && MAIL_DOMAIN.test(domain) && MAIL_END.test(domain.slice(dot + 1));
}

/** Where the punctuation begins that a word ends with. */
function endOf(word: string): number {
  let end = word.length;
  for (;;) {
    const mark = CLOSING.find((one) => word.endsWith(one, end));
    if (mark === undefined) return end;
    end -= mark.length;
  }
}

const countOf = (text: string, part: string): number => text.split(part).length - 1;

/** A word without what stands around it: `(example.org/a_(b))` begins with a bracket, and ends with one. */
function takenOut(word: string): readonly [head: string, middle: string, tail: string] {
  const [head = ''] = OPENING.exec(word) ?? [];
  const end = Math.max(head.length, endOf(word));
  let [middle, tail] = [word.slice(head.length, end), word.slice(end)];
  for (const [open, close] of BRACKETS) {
    const opened = countOf(middle, open);
    if (opened <= countOf(middle, close)) continue;
    let at = 0;
    for (let n = Math.min(opened, countOf(tail, close)); n > 0; n -= 1) at = tail.indexOf(close, at) + close.length;
    middle += tail.slice(0, at);
    tail = tail.slice(at);
  }
  return [head, middle, tail];
}

function linked(place: string, { attributes, shown, schemes }: LinkForm): string {
  const link = (to: string, text = place, more = ''): string => `<a href="${to}"${more}>${text}</a>`;
  if (PLACE.test(place)) {
    const characters = shown === null ? [] : Array.from(place);
    const text = shown === null || characters.length <= shown ? place : `${characters.slice(0, shown).join('')}...`;
    return link(/^https?:\/\//.test(place) ? place : `https://${place}`, text, attributes);
  }
  if (place.startsWith('mailto:') && isMail(place.slice(7))) return link(place, place.slice(7));
  if (!/^@|^www\.|:/.test(place) && isMail(place)) return link(`mailto:${place}`);
  const known = schemes.some((scheme) => place !== scheme && place.startsWith(scheme));
  return known ? link(place, place, attributes) : place;
}

/** Escaped text with links for the places in it. @throws TemplateFault where it becomes too long */
export function withLinks({ budget }: Run, text: string, form: LinkForm): string {
  let length = 0;
  const words = text.split(/(\s+)/).map((word) => {
    const [head, middle, tail] = takenOut(word);
    const made = head + linked(middle, form) + tail;
    budget.room(made.length);
    budget.within((length += made.length));
    return made;
  });
  return words.join('');
}

/** Beginnings of places. @throws TemplateFault where one is none */
export function schemesOf(values: readonly Value[]): readonly string[] {
  return values.map((value) => {
    if (SCHEME.test(textOf(value))) return textOf(value);
    throw new TemplateFault('FilterArgumentError', `${represented(value)} is not a valid URI scheme prefix.`);
  });
}
