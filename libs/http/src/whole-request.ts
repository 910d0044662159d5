import type { HttpRequest } from './http-exchange.ts';
import { parserMethod, verbOfStandIn } from './http-verb.ts';
import { UnusableBody } from './json-body.ts';
import { readHead, TARGET_BYTES, TOKEN_BYTES } from './message-head.ts';

const SPACE = 0x20;
const HEAD_END = Buffer.from('\r\n\r\n');
const VERSION = ' HTTP/1.1';
/** Fields that ask for more than an answer, or for another connection afterwards. */
const SPECIAL: ReadonlySet<string> = new Set([
  'expect',
  'upgrade',
  'proxy-connection',
  'transfer-encoding',
  'trailer',
  'te',
]);

/** What the fields of a head come to: what is asked for by name, and how many bytes of body come behind it. */
interface Fields {
  readonly text: Buffer;
  readonly byName: ReadonlyMap<string, string>;
  readonly length: number;
}

/** Reads the requests of one connection that come whole. Most clients send the same fields each time; they are read once. */
export class WholeRequestReader {
  readonly #maxHead: number;
  readonly #source: string;
  #fields: Fields | undefined;

  constructor(maxHead: number, source: string) {
    this.#maxHead = maxHead;
    this.#source = source;
  }

  /**
   * The request that these bytes are, where they are one and no more, of the plainest kind: complete, with a body of known
   * length or none, each field once, nothing asked of the connection but to be kept. Undefined for everything else, also
   * for what is not sound: Node's parser and the framer before it see to that.
   */
  read(bytes: Buffer): HttpRequest | undefined {
    const end = bytes.indexOf(HEAD_END);
    const body = end + HEAD_END.length;
    if (end < 0 || body > this.#maxHead) return undefined;
    let at = 0;
    while (TOKEN_BYTES[bytes[at]!] === 1) at++;
    const method = parserMethod(bytes.toString('latin1', 0, at));
    if (bytes[at] !== SPACE || method === undefined) return undefined;
    const target = at + 1;
    for (at = target; TARGET_BYTES[bytes[at]!] === 1;) at++;
    const fields = at > target ? this.#fieldsIn(bytes, at, body) : undefined;
    if (!fields || body + fields.length !== bytes.length) return undefined;
    return {
      verb: verbOfStandIn(method) ?? method,
      target: bytes.toString('latin1', target, at),
      source: this.#source,
      hasBody: fields.length > 0,
      header: (name) => fields.byName.get(name),
      body: async (limit) => {
        if (fields.length > limit) throw UnusableBody.tooLarge(limit);
        return bytes.subarray(body);
      },
    };
  }

  /** What stands between the target and the body. */
  #fieldsIn(bytes: Buffer, start: number, end: number): Fields | undefined {
    const known = this.#fields;
    if (known && bytes.compare(known.text, 0, known.text.length, start, end) === 0) return known;
    const head = readHead(bytes.subarray(start - 2, end));
    if (typeof head === 'string' || head.chunked || head.upgrade) return undefined;
    const [version, ...lines] = bytes.toString('latin1', start, end - HEAD_END.length).split('\r\n');
    const byName = version === VERSION ? named(lines) : undefined;
    if (!byName) return undefined;
    this.#fields = { text: Buffer.from(bytes.subarray(start, end)), byName, length: head.length };
    return this.#fields;
  }
}

/** Fields by their names in lower case; undefined where one of them is special. */
function named(lines: readonly string[]): ReadonlyMap<string, string> | undefined {
  const byName = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).replace(/^[\t ]+|[\t ]+$/g, '');
    if (byName.has(name) || SPECIAL.has(name)) return undefined;
    if (name === 'connection' && value.toLowerCase() !== 'keep-alive') return undefined;
    byName.set(name, value);
  }
  return byName;
}
