import { IntegralFloat, isExact, parseJson } from '#kernel';
import type { HttpRequest } from './http-exchange.ts';

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/** How deep JSON may be nested; nothing the API takes comes near it, and what reads it further on may recurse. */
const MAX_DEPTH = 100;

/** The client went away before its request was complete: there is nobody to answer. */
export class ClientGone extends Error {}

/** A body that is of no use; the text says why. */
export class UnusableBody extends Error {
  readonly rule: 'TOO_LARGE' | 'TYPE' | 'MALFORMED';

  constructor(rule: UnusableBody['rule'], text: string) {
    super(text);
    this.name = 'UnusableBody';
    this.rule = rule;
  }

  static tooLarge(limit: number): UnusableBody {
    return new UnusableBody('TOO_LARGE', `Request body is larger than ${limit} bytes`);
  }
}

/** What is made of parts of a body before they are looked at, by name; told where the body is too large. */
export type PartReaders = Readonly<Record<string, (value: unknown, tooLarge: string | undefined) => unknown>>;

/** How many times the limit a body may take that has such a part. */
const MAX_TIMES_LIMIT = 4;

/**
 * The JSON in the body of a request; undefined where there is none, and for `null`.
 * @throws UnusableBody, ClientGone
 */
export async function readJson(
  request: Pick<HttpRequest, 'hasBody' | 'header' | 'body'>,
  {
    limit,
    types = ['application/json'],
    reads,
  }: { readonly limit: number; readonly types?: readonly string[]; readonly reads?: PartReaders | undefined },
): Promise<unknown> {
  if (!request.hasBody) return undefined;
  const bytes = await request.body(reads ? MAX_TIMES_LIMIT * limit : limit);
  const text = decoded(bytes);
  if (text.trim() === '') return undefined;
  const type = mediaType(request) ?? 'application/json';
  if (!types.includes(type.toLowerCase())) throw new UnusableBody('TYPE', `Unknown Content-Type "${type}"`);
  const data = withPartsRead(parsed(text), reads, bytes.length > limit ? bytes.length : undefined, limit);
  const flaw = flawOf(data);
  if (flaw !== undefined) throw new UnusableBody('MALFORMED', flaw);
  return data ?? undefined;
}

/** @param length in bytes, where that is more than the limit */
function withPartsRead(
  data: unknown,
  reads: PartReaders | undefined,
  length: number | undefined,
  limit: number,
): unknown {
  if (!reads || typeof data !== 'object' || data === null || Array.isArray(data)) return data;
  const tooLarge = length === undefined ? undefined : `the request of ${length} bytes is larger than ${limit}`;
  const found = Object.entries(reads).filter(([name]) => Object.hasOwn(data, name));
  if (tooLarge !== undefined && found.length === 0) throw UnusableBody.tooLarge(limit);
  const read = found.map(([name, make]) => [name, make((data as Record<string, unknown>)[name], tooLarge)] as const);
  return { ...data, ...Object.fromEntries(read) };
}

/** What the body of a request is said to be, without parameters. */
export const mediaType = ({ header }: Pick<HttpRequest, 'header'>): string | undefined =>
  header('content-type')?.split(';')[0]?.trim();

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw new UnusableBody('MALFORMED', (error as Error).message);
  }
}

function decoded(bytes: Buffer): string {
  try {
    return UTF_8.decode(bytes);
  } catch {
    throw new UnusableBody('MALFORMED', 'not valid UTF-8');
  }
}

/**
 * What makes data unusable though it is JSON: depth, the one character no text of the log can hold, and numbers that
 * would be kept as others.
 */
export function flawOf(data: unknown, depth: number = MAX_DEPTH): string | undefined {
  if (typeof data === 'string') return data.includes('\0') ? 'text with a NUL character' : undefined;
  if (typeof data === 'number') return isExact(data) ? undefined : INEXACT;
  if (data === null || typeof data !== 'object' || IntegralFloat.is(data)) return undefined;
  if (depth === 0) return 'nested too deeply';
  for (const [key, inner] of Object.entries(data)) {
    const flaw = flawOf(key) ?? flawOf(inner, depth - 1);
    if (flaw !== undefined) return flaw.endsWith(INEXACT) ? within(key, flaw) : flaw;
  }
  return undefined;
}

const INEXACT = 'a number too large to be exact: send it as text';

/** The flaw of a part of `key`, which it names: `config_values.size: a number …`. */
const within = (key: string, flaw: string): string => (flaw === INEXACT ? `${key}: ${flaw}` : `${key}.${flaw}`);
