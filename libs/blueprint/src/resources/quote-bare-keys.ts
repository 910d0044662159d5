import type { Remark } from './toml-tree.ts';

/** What a file is made of, as far as it takes to know where a line begins that is no part of a value. */
const TOKEN = /"""(?:\\[^]|[^\\])*?"""(?!")|'''[^]*?'''(?!')|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|#[^\n]*|[[\]{}\n]/g;
/** A key as configuration values have them, before its `=`. */
const KEY = /([ \t]*)([<>~-]?[A-Za-z0-9][\w-]*(?::[A-Za-z0-9]+)?)(?=[ \t]*=)/y;
const NEEDS_QUOTES = /[<>~:]/;
/** Whether there may be such a key at all. */
const MAYBE = /^[ \t]*(?:[<>~][A-Za-z0-9]|[<>~-]?[A-Za-z0-9][\w-]*:[A-Za-z0-9]+[ \t]*=)/m;

/**
 * Puts the keys of configuration values that have an operator or a class (`>package_list:VCenter`) into quotes where
 * they have none: TOML asks for them, and files were written that have none. Nothing else can be meant by such a line.
 */
export function quoteBareKeys(text: string): { readonly text: string; readonly warnings: readonly Remark[] } {
  if (!MAYBE.test(text)) return { text, warnings: [] };
  const warnings: Remark[] = [];
  const parts: string[] = [];
  let taken = 0;
  for (const { at, line } of lineBeginnings(text)) {
    KEY.lastIndex = at;
    const [whole = '', blank = '', key = ''] = KEY.exec(text) ?? [];
    if (!NEEDS_QUOTES.test(key)) continue;
    parts.push(text.slice(taken, at), `${blank}'${key}'`);
    taken = at + whole.length;
    warnings.push({ line, key, text: `the key has to be in quotes; it was read as '${key}'` });
  }
  return { text: parts.join('') + text.slice(taken), warnings };
}

/** Where lines begin that are in no list, table or text of several lines. */
function* lineBeginnings(text: string): Generator<{ readonly at: number; readonly line: number }> {
  yield { at: 0, line: 1 };
  let depth = 0;
  let line = 1;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth = Math.max(0, depth - 1);
    for (let n = token.indexOf('\n'); n !== -1; n = token.indexOf('\n', n + 1)) line += 1;
    if (token === '\n' && depth === 0) yield { at: index + 1, line };
  }
}
