/** Forms of a secret shorter than this are not looked for: they would be found by chance. */
const MIN_FORM = 6;

/**
 * The forms in which a text turns up where programs quote it: as it is, within JSON (also twice), in URLs and forms, in XML,
 * in hexadecimal digits, and in Base64 wherever it begins there. The longest first.
 */
export function formsOf(text: string): readonly string[] {
  const json = escaped(text);
  const url = encodeURIComponent(wellFormed(text));
  // Of what RFC 3986 reserves, some write these too.
  const strict = url.replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
  const urls = [url, strict].flatMap((one) => [one, lowerDigits(one)]);
  const bytes = Buffer.from(text);
  const hex = bytes.toString('hex');
  const base64 = [0, 1, 2].map((offset) => base64At(bytes, offset));
  const encoded = [
    json,
    escaped(json),
    ...urls,
    ...urls.map((one) => one.replaceAll('%20', '+')),
    xml(text),
    hex,
    hex.toUpperCase(),
    ...base64,
    ...base64.map((one) => one.replaceAll('+', '-').replaceAll('/', '_')),
  ];
  const forms = new Set([text, ...encoded.filter(({ length }) => length >= MIN_FORM)]);
  return [...forms].toSorted((one, other) => other.length - one.length);
}

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);
/** Half a surrogate pair has no form in a URL. */
const wellFormed = (text: string): string => Buffer.from(text).toString();
const lowerDigits = (url: string): string => url.replaceAll(/%[0-9A-F]{2}/g, (digits) => digits.toLowerCase());

const XML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const xml = (text: string): string => text.replaceAll(/[&<>"']/g, (one) => XML[one] ?? one);

/** The characters in Base64 that these bytes alone decide, where they begin at this place of a group of three. */
function base64At(bytes: Buffer, offset: number): string {
  const whole = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replaceAll('=', '');
  const ragged = (offset + bytes.length) % 3 !== 0;
  return whole.slice([0, 2, 3][offset], ragged ? -1 : undefined);
}
