import type { Caller, Principal } from '#kernel';
import { randomUUID } from 'node:crypto';
import { Module } from '@nestjs/common';
import type { Model, Values } from '#api';
import { ApiCatalogue, ApiModule, AS_THEY_ARE, defineModel, parameter, staticAction } from '#api';
import { Reactions } from '#event-sourcing';
import { Refusal } from '#kernel';
import { People } from '#people';
import type { TestDatabase, TestModules } from '#testing';
import { startModules } from '#testing';
import { AuthModule } from '../src/auth.module.ts';
import type { SessionCleanupContext } from '../src/credential-cleanup.ts';
import type { IdentitiesContext } from '../src/identities.ts';
import { Identities } from '../src/identities.ts';
import { TokenUses } from '../src/token-uses.ts';
import type { LoginTries } from '../src/login-limit.ts';

/** A server with this module alone, over a database it may share with others; for specs. It names users as protocols do. */
export interface AuthServer {
  readonly modules: TestModules;
  /** What its listeners are made from. */
  readonly context: IdentitiesContext & SessionCleanupContext;
  /** Who listens to the log here. */
  readonly reactions: Reactions;
  /** What it would have told the operator: administrators it has made. */
  readonly made: { readonly name: string; readonly password: string }[];
  /** What stands for a user inside. */
  idOf(name: string): Promise<string>;
  /** Something as protocols tell it: with names in the places of ids. */
  told<T>(value: T): Promise<T>;
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

/** A model of another module, so that there are permissions besides those of this one. */
const sight = defineModel({
  path: 'Site/Sight',
  fields: {},
  actions: {
    look: staticAction({
      parameters: {},
      returns: parameter.integer(),
      permission: { grant: 'Site.look' },
      query: async () => 1,
    }),
  },
});

@Module({ imports: [ApiModule.forFeature({ models: [sight] })] })
class SightModule {}

/** Starts a server on a database. */
export async function startAuth(
  database: TestDatabase,
  options: {
    readonly adminPassword?: string | undefined;
    readonly tries?: LoginTries;
    /** The data directory. */
    readonly data?: string;
  } = {},
): Promise<AuthServer> {
  const made: { name: string; password: string }[] = [];
  const auth = AuthModule.forRoot({
    adminPassword: 'adminPassword' in options ? options.adminPassword : ROOT_PASSWORD,
    loginTries: options.tries ?? PLENTY,
    made: (user) => void made.push(user),
    ...(options.data === undefined ? {} : { data: options.data }),
  });
  const modules = await startModules({ imports: [auth, SightModule], database });
  const catalogue = modules.get(ApiCatalogue, { strict: false }).whole;
  const identities = modules.get(Identities, { strict: false });
  const people = modules.get(People, { strict: false });
  const told = async <T>(value: T): Promise<T> =>
    value === undefined ? value : (JSON.parse(await people.shown(JSON.stringify(value))) as T);
  /** The same of what something comes to, or is refused with. */
  const toldOf = async <T>(task: Promise<T>): Promise<T> => {
    try {
      return await told(await task);
    } catch (error) {
      throw error instanceof Refusal ? new Refusal(await told(error.faults)) : error;
    }
  };
  const api = modules.api('rest');

  const request = (principal: Principal | undefined, source = '192.0.2.1') => {
    const caller: Caller = principal ? { principal, source } : { source };
    return { caller, id: randomUUID() };
  };
  const model = (path: string): Model => {
    const found = catalogue.model(path);
    if (!found) throw new Error(`there is no ${path}`);
    return found;
  };
  const inside = async (path: string, name: string): Promise<string> => (await model(path).keyOf?.(name)) ?? name;
  const login = async (username: string, password: string, source?: string): Promise<string> => {
    const action = model('Auth/User').actions?.['login'];
    if (!action) throw new Error('there is no login');
    return String((await api.callStatic(action, { username, password }, request(undefined, source))).value);
  };
  const { store, reads, clock, gateway } = modules;
  return {
    modules,
    context: { store, reads, clock, gateway, people, uses: modules.get(TokenUses, { strict: false }) },
    reactions: modules.get(Reactions),
    made,
    idOf: (name) => people.inside(name),
    told,
    identify: (name, token) => identities.identify(name, token),
    login,
    person: async (name, password, source) => {
      const principal = await identities.identify(name, await login(name, password, source));
      if (!principal) throw new Error(`${name} is nobody`);
      return principal;
    },
    create: (by, path, values) =>
      toldOf(api.create(model(path), values, request(by), AS_THEY_ARE).then(({ value }) => value.object)),
    update: async (by, path, name, values) => {
      const key = await inside(path, name);
      const changed = api.update(model(path), [key], { values }, request(by), AS_THEY_ARE);
      return toldOf(changed.then(({ value }) => value.get(key)?.object ?? {}));
    },
    get: async (by, path, name) => {
      const key = await inside(path, name);
      return toldOf(
        api.get(model(path), [key], request(by), AS_THEY_ARE).then((found) => found.get(key)?.object ?? {}),
      );
    },
    keys: async (by, path, user) => {
      const use = model(path).filters?.['user'];
      const filter = use && user !== undefined ? { filter: { use, parameters: { user } } } : {};
      return toldOf(api.list(model(path), { skip: 0, count: 1000, ...filter }, request(by)).then(({ keys }) => keys));
    },
    remove: async (by, path, name) => {
      const key = await inside(path, name);
      await toldOf(api.remove(model(path), [key], request(by)).then(() => undefined));
    },
    call: async (by, called, parameters = {}, name) => {
      const [path = '', actionName = ''] = called.split('.');
      const action = model(path).actions?.[actionName];
      if (!action) throw new Error(`there is no ${called}`);
      if (name === undefined) return toldOf(api.callStatic(action, parameters, request(by)).then(({ value }) => value));
      const key = await inside(path, name);
      const done = api.callOn(model(path), action, [key], parameters, request(by));
      return toldOf(done.then(({ value }) => value.get(key)));
    },
    stop: () => modules.stop(),
  };
}
