/** What a server showed over CInP: objects by URI, by the path of their model. */
export interface CinpExport {
  /** Where it was taken. */
  readonly contractor: string;
  readonly models: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Why models are not in it, by their paths. */
  readonly skipped: Readonly<Record<string, string>>;
}

/** Reads JSON, as `JSON.parse` does. */
type ParseJson = (text: string) => unknown;

/** Who asks, where somebody is asked for. */
export interface CinpLogin {
  readonly user: string;
  readonly password: string;
}

const ROOT = '/api/v1/';
/** The versions of the protocol that are tried: the first one that the server speaks is used. */
const VERSIONS = ['1.0', '2.0', '0.9'];
/** How many ids a list holds at a time, and how many objects are got at once; servers take at most 100 ids. */
const PAGE = 1000;
const MAX_IDS = 100;
const TIMEOUT_MS = 120_000;

/** The server has said no, in words. */
export class CinpRefused extends Error {}

/** The server knows the session no more: everything that is asked for from then on would be missing. */
class SessionEnded extends CinpRefused {}

/** Speaks CInP as far as reading everything takes. */
class CinpReader {
  readonly #server: string;
  readonly #parse: ParseJson;
  #version = VERSIONS[0] ?? '';
  #session: Readonly<Record<string, string>> = {};

  constructor(server: string, parse: ParseJson) {
    this.#server = server;
    this.#parse = parse;
  }

  /** Finds out which version the server speaks. */
  async begin(): Promise<void> {
    for (const version of VERSIONS) {
      this.#version = version;
      const { status } = await this.#ask('DESCRIBE', ROOT);
      if (status === 200) return;
    }
    throw new CinpRefused(`${this.#server}${ROOT} speaks no CInP of the versions ${VERSIONS.join(', ')}`);
  }

  async login({ user, password }: CinpLogin): Promise<void> {
    const path = `${ROOT}Auth/User(login)`;
    const { status, body } = await this.#ask('CALL', path, { username: user, password });
    if (status !== 200 || typeof body !== 'string') throw new CinpRefused(`${this.#server} does not let ${user} in`);
    this.#session = { 'Auth-Id': user, 'Auth-Token': body };
  }

  async logout(): Promise<void> {
    if (Object.keys(this.#session).length > 0) await this.#ask('CALL', `${ROOT}Auth/User(logout)`, {});
  }

  async describe(path: string): Promise<Readonly<Record<string, unknown>>> {
    return this.#read('DESCRIBE', path) as Promise<Readonly<Record<string, unknown>>>;
  }

  /** The URIs of all objects of a model; undefined: it is not for who asks. */
  async list(path: string): Promise<string[] | undefined> {
    const uris: string[] = [];
    for (;;) {
      const { status, body, headers } = await this.#ask('LIST', path, undefined, {
        Position: String(uris.length),
        Count: String(PAGE),
      });
      if (status === 403) return undefined;
      if (status !== 200 || !Array.isArray(body)) throw refused('LIST', path, status, body);
      uris.push(...(body as string[]));
      if (body.length === 0 || uris.length >= Number(headers.get('total') ?? 0)) return uris;
    }
  }

  /** Objects by URI. */
  async get(uris: readonly string[]): Promise<Record<string, unknown>> {
    const objects: Record<string, unknown> = {};
    for (let at = 0; at < uris.length; at += MAX_IDS) {
      const some = uris.slice(at, at + MAX_IDS);
      const [path = ''] = (some[0] ?? '').split(':');
      const ids = some.map((uri) => uri.slice(uri.indexOf(':') + 1, -1));
      const many = (await this.#read('GET', `${path}:${ids.join(':')}:`, { 'Multi-Object': 'True' })) as object;
      Object.assign(objects, many);
    }
    return objects;
  }

  async #read(verb: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const { status, body } = await this.#ask(verb, path, undefined, headers);
    if (status !== 200) throw refused(verb, path, status, body);
    return body;
  }

  async #ask(verb: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
    const response = await fetch(`${this.#server}${encodeURI(path)}`, {
      method: verb,
      headers: {
        'CInP-Version': this.#version,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...this.#session,
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    return { status: response.status, body: this.#parsed(text), headers: response.headers };
  }

  #parsed(text: string): unknown {
    try {
      return text === '' ? null : this.#parse(text);
    } catch {
      return text;
    }
  }
}

function refused(verb: string, path: string, status: number, body: unknown): CinpRefused {
  const Kind = status === 401 ? SessionEnded : CinpRefused;
  return new Kind(`${verb} ${path} was answered ${status}: ${JSON.stringify(body).slice(0, 200)}`);
}

/**
 * Reads all objects that a server shows over CInP, model by model, whichever Contractor it is. Whole floats and the order
 * of keys are kept as `parseJson` keeps them.
 * @param progress told of every model before it is read
 * @throws CinpRefused where the server shows nothing, or the session ends on the way; TypeError where it cannot be reached
 */
export async function cinpExport(
  server: string,
  login: CinpLogin | undefined,
  progress: (model: string) => void = () => undefined,
): Promise<CinpExport> {
  // Only what reads an export needs it.
  const { parseJson } = await import('#kernel');
  const reader = new CinpReader(server.replace(/\/+$/, ''), parseJson);
  await reader.begin();
  if (login) await reader.login(login);
  const models: Record<string, Record<string, unknown>> = {};
  const skipped: Record<string, string> = {};
  for (const model of await modelsUnder(reader, ROOT)) {
    progress(model);
    try {
      const uris = await reader.list(model);
      if (uris === undefined) skipped[model] = `not for ${login?.user ?? 'anybody'}`;
      else if (uris.length > 0) models[model] = await reader.get(uris);
    } catch (error) {
      // The first Contractor has models that it cannot show.
      if (!(error instanceof CinpRefused) || error instanceof SessionEnded) throw error;
      skipped[model] = error.message;
    }
  }
  await reader.logout();
  return { contractor: server, models, skipped };
}

/** The paths of all models that can be listed, in the namespaces under one. */
async function modelsUnder(reader: CinpReader, path: string): Promise<string[]> {
  const { namespaces = [], models = [] } = (await reader.describe(path)) as {
    readonly namespaces?: readonly string[];
    readonly models?: readonly string[];
  };
  const found: string[] = [];
  for (const model of models) {
    const described = await reader.describe(model);
    const not = (described['not-allowed-verbs'] ?? described['not-allowed-methods'] ?? []) as readonly string[];
    if (!not.includes('LIST') && !not.includes('GET') && described['id-field-name']) found.push(model);
  }
  for (const one of namespaces) found.push(...(await modelsUnder(reader, one)));
  return found;
}
