const DIGITS = /^[0-9a-f]{12}$/;
const PAIRS = /^[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}$/;
const QUADS = /^[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}$/;

/**
 * A MAC as `aa:bb:cc:dd:ee:ff`, from any notation in use: pairs with colons or dashes, groups of four with dots, twelve
 * digits, in any case. Null where there is none; undefined where the text is no MAC.
 */
export function parseMac(text: string | null): string | null | undefined {
  if (text === null || text === '') return null;
  const given = text.toLowerCase();
  if (!DIGITS.test(given) && !PAIRS.test(given) && !QUADS.test(given)) return undefined;
  return given.replaceAll(/[^0-9a-f]/g, '').replaceAll(/(..)(?=.)/g, '$1:');
}
