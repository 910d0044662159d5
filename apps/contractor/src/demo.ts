import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunningServer } from './server.ts';

/** The program `contractor`, as the build has it. */
const CLI = fileURLToPath(new URL('../../../contractor.cjs', import.meta.url));

const SITE = 'demo';
const COMPLEX = 'shop';
const NETWORK = 'demo-lan';
const SUBNET = '10.99.0.0';
const PREFIX = 24;

/** The tiers of the demonstration, in the order they are built in: names, and blueprint. */
const TIERS = [
  ['db{1..2}', 'demo-database', 'database'],
  ['app{1..4}', 'demo-application', 'application'],
  ['web{1..6}', 'demo-web', 'web'],
] as const;

/** How people type the command line where the package was not installed. */
const TYPED = 'npm run --silent contractor --';

/** Speaks to the server as the administrator, over REST and by the command line, as anybody would. */
class DemoSession {
  readonly #url: string;
  readonly #token: string;
  readonly #user: string;
  /** Configuration of the command line, which holds the session. */
  readonly #config: string;
  readonly #signal: AbortSignal;

  constructor(
    url: string,
    {
      user,
      token,
      config,
      signal,
    }: { readonly user: string; readonly token: string; readonly config: string; readonly signal: AbortSignal },
  ) {
    this.#url = url;
    this.#user = user;
    this.#token = token;
    this.#config = config;
    this.#signal = signal;
  }

  async rest(method: string, at: string, body?: object): Promise<Readonly<Record<string, unknown>>> {
    return ask(`${this.#url}/api/rest/${at}`, method, body, { Authorization: `Bearer ${this.#user}:${this.#token}` });
  }

  /** Runs the command line; what it shows is seen. @throws Error where it fails */
  async run(args: readonly string[], input = ''): Promise<void> {
    const child = spawn(process.execPath, [CLI, '--server', this.#url, ...args], {
      env: { ...process.env, XDG_CONFIG_HOME: this.#config },
      signal: this.#signal,
      stdio: [input === '' ? 'ignore' : 'pipe', 'inherit', 'inherit'],
    });
    child.stdin?.end(input);
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`contractor ${args.join(' ')} ended with ${code}`);
  }
}

async function ask(url: string, method: string, body?: object, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body ? { 'Content-Type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
  return (text === '' ? {} : JSON.parse(text)) as Readonly<Record<string, unknown>>;
}

/** Fills the empty server with a demonstration, and shows it being built. Where there is something already, it says so. */
export async function demonstrate(
  server: RunningServer,
  output: NodeJS.WritableStream,
  signal: AbortSignal,
): Promise<void> {
  const say = (text: string): void => void output.write(`${text}\n`);
  const { url, administrator } = server;
  say(`Contractor listens on ${url}`);
  if (!administrator) {
    say(
      '--demo is for an empty data directory. This one is in use: nothing was set up again, and all that was made is still there.',
    );
    return;
  }
  const { name: user, password } = administrator;
  const config = await mkdtemp(path.join(os.tmpdir(), 'contractor-demo-'));
  try {
    const token = String((await ask(`${url}/api/rest/Auth/User/login`, 'POST', { username: user, password }))['value']);
    const session = new DemoSession(url, { user, token, config, signal });
    await session.run(['login', user], `${password}\n`);
    await define(session, say);
    await build(session, say);
    await session.run(['logout']);
  } finally {
    await rm(config, { recursive: true, force: true });
  }
  say(whatNext(url, user));
}

/** A site with a zone and addresses, the blueprints of the demonstration, and a complex. */
async function define(session: DemoSession, say: (text: string) => void): Promise<void> {
  const zone = await session.rest('POST', 'Directory/Zone', { name: SITE });
  await session.rest('POST', 'Site/Site', { name: SITE, description: 'Demonstration', zone: zone['id'] });
  const network = await session.rest('POST', 'Utilities/Network', { name: NETWORK, site: SITE });
  const subnet = { subnet: SUBNET, prefix: PREFIX, gateway_offset: 1 };
  const block = await session.rest('POST', 'Utilities/AddressBlock', { name: NETWORK, site: SITE, ...subnet });
  await session.rest('POST', 'Utilities/NetworkAddressBlock', { network: network['id'], address_block: block['id'] });
  await session.rest('POST', 'BluePrint/ResourceFile/load', { shipped: ['demo'] });
  await session.rest('POST', 'Building/Complex', {
    name: COMPLEX,
    site: SITE,
    description: 'A web shop of three tiers',
  });
  say(
    `Made the site ${SITE} with the network ${NETWORK} (${SUBNET}/${PREFIX}), the blueprints demo-*, and the complex ${COMPLEX}.`,
  );
}

/** A dozen structures on simulated machines, tier by tier. */
async function build(session: DemoSession, say: (text: string) => void): Promise<void> {
  for (const [names, blueprint, tier] of TIERS) {
    const labels = ['--label', 'service=shop', '--label', `tier=${tier}`];
    const place = [
      '--site',
      SITE,
      '--blueprint',
      blueprint,
      '--type',
      'test',
      '--block',
      NETWORK,
      '--member-of',
      COMPLEX,
    ];
    const args = ['provision', names, ...place, ...labels, '--wait'];
    say(`\n$ contractor ${args.join(' ')}`);
    await session.run(args);
  }
}

const whatNext = (url: string, user: string): string => `
A web shop of twelve servers is built. Try next:

  ${TYPED} login ${user}        the password is above, or that of CONTRACTOR_ADMIN_PASSWORD
  ${TYPED} provision 'web{7..9}' --site ${SITE} --blueprint demo-web --type test --block ${NETWORK} --dry-run
  ${TYPED} deprovision 'web{5..6}' --site ${SITE} --wait
  ${TYPED} help

  ${url}/                        what there is
  ${url}/api/rest/openapi.json   the API, as OpenAPI 3.1
  ${url}/health                  how the server is

docs/first-job.md walks through a first job with curl. Ctrl-C stops the server; "npm start" goes on with all that is there.`;
