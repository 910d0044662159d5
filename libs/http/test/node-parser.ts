/** One connection's parser as Node uses it. */
export interface NodeParser {
  readonly requests: readonly { readonly method: string; body: string }[];
  readonly bodyBytes: number;
  readonly failed: boolean;
  readonly upgraded: boolean;
  read(bytes: Buffer): void;
  /** Whether it would still read a request; asking spoils the connection. */
  alive(): boolean;
  close(): void;
}

interface NativeParser {
  [callback: number]: (...values: never[]) => number | void;
  initialize(type: number, resource: object): void;
  execute(bytes: Buffer): number | Error;
  close(): void;
}

interface NativeParserClass {
  new (): NativeParser;
  readonly REQUEST: number;
  readonly kOnHeadersComplete: number;
  readonly kOnBody: number;
}

interface HttpBinding {
  readonly HTTPParser: NativeParserClass;
  readonly allMethods?: readonly string[];
  readonly methods: readonly string[];
}

const PROBE = Buffer.from('GET /probe HTTP/1.1\r\nHost: a\r\n\r\n');

/** Node's own parser without a server around it, for comparison; `upgrades` as if an 'upgrade' listener were there. */
export function nodeParser(upgrades: boolean): NodeParser {
  const { HTTPParser, allMethods, methods } = (process as unknown as { binding(name: string): HttpBinding }).binding(
    'http_parser',
  );
  const native = new HTTPParser();
  native.initialize(HTTPParser.REQUEST, {});
  const requests: { method: string; body: string }[] = [];
  const seen = {
    requests,
    bodyBytes: 0,
    failed: false,
    upgraded: false,
    read(bytes: Buffer): void {
      if (seen.failed || seen.upgraded) return;
      // Behind a request whose upgrade nobody accepted, the native parser fails without a word.
      const read = native.execute(bytes);
      if (read !== bytes.length) seen.failed = typeof read !== 'number' || (!seen.upgraded && !seen.alive());
    },
    alive(): boolean {
      const before = requests.length;
      native.execute(PROBE);
      return requests.length > before;
    },
    close: () => native.close(),
  };
  native[HTTPParser.kOnHeadersComplete] = (
    _major: number,
    _minor: number,
    _headers: string[],
    method: number,
    _url: string,
    _status: number,
    _text: string,
    upgrade: boolean,
  ) => {
    requests.push({ method: (allMethods ?? methods)[method] ?? '', body: '' });
    seen.upgraded = upgrade && upgrades;
    return seen.upgraded ? 2 : 0;
  };
  native[HTTPParser.kOnBody] = (bytes: Buffer) => {
    seen.bodyBytes += bytes.length;
    requests.at(-1)!.body += bytes.toString('latin1');
  };
  return seen;
}
