/** What JSON writes otherwise than an array of PostgreSQL. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\ud800-\udfff]/u;

/**
 * Texts as a parameter of the type `text[]`: as PostgreSQL reads it, which between quotes is JSON's own notation where there
 * are no control characters. JSON is written ten times as fast as `pg` writes an array.
 */
export const textArray = (texts: readonly string[]): string | readonly string[] =>
  texts.some((text) => CONTROL.test(text)) ? texts : `{${JSON.stringify(texts).slice(1, -1)}}`;
