/** Characters that JSON writes otherwise than an array of PostgreSQL. */
// oxlint-disable-next-line no-control-regex
const WRITTEN_OTHERWISE = /[\u0000-\u001f\ud800-\udfff]/u;

/**
 * Texts as a parameter of the type `text[]`: as PostgreSQL reads it, which between quotes is JSON's own notation where there
 * are no control characters and no halves of surrogate pairs; texts with such are left to `pg`. JSON is written ten times
 * as fast as `pg` writes an array.
 */
export const textArray = (texts: readonly string[]): string | readonly string[] =>
  texts.some((text) => WRITTEN_OTHERWISE.test(text)) ? texts : `{${JSON.stringify(texts).slice(1, -1)}}`;
