import type { Caller, Principal } from '#kernel';
import { randomBytes, randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import type { Model, Values } from '#api';
import { ApiService, AS_THEY_ARE, Catalogue } from '#api';
import { CommandExecutor, postgresEventStore, systemClock } from '#event-store';
import { Ids, openReadStore } from '#read-store';
import { ReactionRunner } from '#reactions';
import type { AppContext } from '#runtime';
import { jsonLogger } from '#runtime/logger';
import { Secrets } from '#secrets';
import { authRoom } from '../src/auth.module.ts';
import type { LoginTries } from '../src/login-limit.ts';

/** A server with this room alone, over a database it may share with others; for specs. */
export interface AuthServer {
  readonly ground: AppContext;
  /** What it would have told the operator: administrators it has made. */
  readonly made: { readonly name: string; readonly password: string }[];
  /** What it has written. */
  readonly lines: string[];
  /** Who listens to the log here. */
  readonly runner: ReactionRunner;
  /** Who a name and a token are. */
  identify(name: string, token: string): Promise<Principal | undefined>;
  /** Logs in. @returns the token */
  login(name: string, password: string, source?: string): Promise<string>;
  /** Who has logged in like this. */
  person(name: string, password: string, source?: string): Promise<Principal>;
  create(by: Principal | undefined, model: string, values: Values): Promise<Values>;
  update(by: Principal | undefined, model: string, key: string, values: Values): Promise<Values>;
  get(by: Principal | undefined, model: string, key: string): Promise<Values>;
  keys(by: Principal | undefined, model: string, user?: string): Promise<readonly unknown[]>;
  remove(by: Principal | undefined, model: string, key: string): Promise<void>;
  /** Calls an action, on an object where `key` is given. */
  call(by: Principal | undefined, action: string, parameters?: Values, key?: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** The password of the administrator that {@link startAuth} makes. */
export const ROOT_PASSWORD = 'root of all';

const PLENTY: LoginTries = { perName: 1000, perSource: 1000, window: 1000 };

/** A model of another room, so that there are permissions besides those of this one. */
const sight: Model = {
  path: 'Site/Sight',
  fields: {},
  actions: {
    look: { static: true, parameters: {}, permission: { grant: 'Site.look' }, run: { freely: async () => 1 } },
  },
};

/** Starts a server on the database of a URL. */
export async function startAuth(
  url: string,
  options: { readonly adminPassword?: string | undefined; readonly tries?: LoginTries } = {},
): Promise<AuthServer> {
  const { adminPassword = ROOT_PASSWORD, tries = PLENTY } = options;
  const made: { name: string; password: string }[] = [];
  const lines: string[] = [];
  const pool = new Pool({ connectionString: url, max: 8 });
  const store = await postgresEventStore(pool);
  const room = authRoom({
    adminPassword: 'adminPassword' in options ? options.adminPassword : adminPassword,
    loginTries: tries,
    made: (user) => void made.push(user),
  });
  const reads = openReadStore({ store, pool, models: room.rows, onError: (error) => void lines.push(String(error)) });
  const clock = systemClock();
  const commands = new CommandExecutor(store, clock);
  const execute: AppContext['execute'] = (metadata, task) => commands.execute(metadata, task);
  const log = jsonLogger({ write: (line) => void lines.push(line) });
  const secrets = new Secrets(pool, randomBytes(32));
  const ground: AppContext = { store, reads, pool, ids: new Ids(pool), secrets, clock, log, execute };
  const { api: models = [], complete, processes = [], listeners = [] } = room.furnish(ground);
  const catalogue = new Catalogue([...models, sight]);
  complete?.(catalogue);
  const api = new ApiService({ catalogue, reads, clock, head: () => store.head(), execute });
  await reads.projector.start();
  await reads.projector.caughtUp(await store.head(), Number.POSITIVE_INFINITY);
  for (const process of processes) await process.start();
  const onError = (error: unknown) => void lines.push(String(error));
  const runner = new ReactionRunner({ store, pool, listeners, upcasters: {}, onError });
  await runner.start();

  const request = (principal: Principal | undefined, source = '192.0.2.1') => {
    const caller: Caller = principal ? { principal, source } : { source };
    return { caller, id: randomUUID() };
  };
  const model = (path: string): Model => {
    const found = catalogue.model(path);
    if (!found) throw new Error(`there is no ${path}`);
    return found;
  };
  const login = async (username: string, password: string, source?: string): Promise<string> => {
    const action = model('Auth/User').actions?.['login'];
    if (!action) throw new Error('there is no login');
    return String((await api.callStatic(action, { username, password }, request(undefined, source))).value);
  };
  return {
    ground,
    made,
    lines,
    runner,
    identify: room.identify,
    login,
    person: async (name, password, source) => {
      const principal = await room.identify(name, await login(name, password, source));
      if (!principal) throw new Error(`${name} is nobody`);
      return principal;
    },
    create: async (by, path, values) => (await api.create(model(path), values, request(by), AS_THEY_ARE)).value.object,
    update: async (by, path, key, values) =>
      (await api.update(model(path), [key], { values }, request(by), AS_THEY_ARE)).value.get(key)?.object ?? {},
    get: async (by, path, key) => (await api.get(model(path), [key], request(by), AS_THEY_ARE)).get(key)?.object ?? {},
    keys: async (by, path, user) => {
      const use = model(path).filters?.['user'];
      const filter = use && user !== undefined ? { filter: { use, parameters: { user } } } : {};
      return (await api.list(model(path), { skip: 0, count: 1000, ...filter }, request(by))).keys;
    },
    remove: async (by, path, key) => void (await api.remove(model(path), [key], request(by))),
    call: async (by, name, parameters = {}, key) => {
      const [path = '', actionName = ''] = name.split('.');
      const action = model(path).actions?.[actionName];
      if (!action) throw new Error(`there is no ${name}`);
      if (key === undefined) return (await api.callStatic(action, parameters, request(by))).value;
      return (await api.callOn(model(path), action, [key], parameters, request(by))).value.get(key);
    },
    stop: async () => {
      await runner.stop();
      for (const process of processes.toReversed()) await process.stop();
      await reads.projector.stop();
      await store.close();
      await pool.end();
    },
  };
}
