/**
 * Stream names are `<category>-<id>`. A category has no dash. Upper-case letters of the id are written `!a` for `A`
 * (and `!!` for `!`), because one of the stores compares names without case; what is not printable ASCII is written
 * `!(e9)` for `é`. Two names chosen by users are never joined by a dash.
 */
export const streamName = (category: string, id: string | number): string =>
  `${category}-${String(id).replace(/[^ "-@[-~]/gu, escaped)}`;

/** The category of a stream: what stands before the first dash. */
export const categoryOf = (stream: string): string => stream.slice(0, stream.indexOf('-'));

/** The id in a stream name, as it was given to {@link streamName}. */
export const idOf = (stream: string): string =>
  stream
    .slice(stream.indexOf('-') + 1)
    .replace(/!(?:\(([0-9a-f]+)\)|(.))/g, (_, code: string | undefined, char: string) =>
      code === undefined ? char.toUpperCase() : String.fromCodePoint(Number.parseInt(code, 16)),
    );

function escaped(char: string): string {
  return /[A-Z!]/.test(char) ? `!${char.toLowerCase()}` : `!(${char.codePointAt(0)?.toString(16)})`;
}
