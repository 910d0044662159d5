import type { ExampleServer, Reply, Sent } from './example-server.ts';

type Headers = Readonly<Record<string, string>>;

/** A new site, for one test. */
export interface FreshSite {
  readonly path: string;
  readonly etag: string;
  /** Where it was made in the log. */
  readonly position: bigint;
}

/** What specs ask a server; paths are those behind `/api/rest/`. */
export interface ExampleClient {
  ask(method: string, path: string, sent?: Sent): Promise<Reply>;
  get(path: string, headers?: Headers): Promise<Reply>;
  post(path: string, body?: unknown, headers?: Headers): Promise<Reply>;
  patch(path: string, body: unknown, headers?: Headers): Promise<Reply>;
  fresh(values?: object): Promise<FreshSite>;
}

/** The type of a JSON merge patch. */
export const MERGE: Headers = { 'Content-Type': 'application/merge-patch+json' };

/** Asks a server, as root unless said otherwise. */
export function exampleClient(server: ExampleServer): ExampleClient {
  let sites = 0;
  const ask: ExampleClient['ask'] = (method, path, sent) => server.ask(method, `/api/rest/${path}`, sent);
  const post: ExampleClient['post'] = (path, body, headers = {}) => ask('POST', path, { headers, body });
  return {
    ask,
    get: (path, headers = {}) => ask('GET', path, { headers }),
    post,
    patch: (path, body, headers = {}) => ask('PATCH', path, { headers, body }),
    fresh: async (values = {}) => {
      const name = `fresh${(sites += 1)}`;
      const { headers } = await post('Site/Site', { name, description: 'new', level: 'hard', ...values });
      const position = BigInt(String(headers['contractor-position']));
      return { path: `Site/Site/${name}`, etag: String(headers.etag), position };
    },
  };
}
