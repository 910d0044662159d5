import type { ExampleServer, Reply } from './example-server.ts';
import { exampleServer } from './example-server.ts';

export const SITE = '/api/v1/Site/Site';
export const FOUNDATION = '/api/v1/Manual/ManualFoundation';
export const NETWORK = '/api/v1/Utilities/Network';

/** The example server with some objects. */
export interface ExampleObjects extends ExampleServer {
  /** Asks as root. */
  root(verb: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
}

/** Starts it with sites `a`, `b`, `c` and `child` (in `a`), a foundation in each of `a` and `b`, and networks in `c`. */
export async function exampleObjects(): Promise<ExampleObjects> {
  const server = await exampleServer();
  const root: ExampleObjects['root'] = (verb, path, body, headers = {}) =>
    server.ask(verb, path, { as: 'root', headers, ...(body === undefined ? {} : { body }) });
  for (const name of ['a', 'b', 'c']) await root('CREATE', SITE, { name, description: `site ${name}` });
  await root('CREATE', SITE, { name: 'child', description: 'inside', parent: `${SITE}:a:` });
  await root('CREATE', FOUNDATION, { locator: 'web1', site: `${SITE}:a:`, id_map: { mac: null } });
  await root('CREATE', FOUNDATION, { locator: 'busy', site: `${SITE}:b:` });
  for (const mtu of [7, 9, 10, 100]) await root('CREATE', NETWORK, { name: `n${mtu}`, site: `${SITE}:c:`, mtu });
  return { ...server, root };
}
