import path from 'node:path';
import { Misuse } from './command.ts';
import { configDirectory, readConfig, writePrivately } from './config-directory.ts';

/** A server under a name of the user's own. */
export interface Context {
  /** `http://host:port` */
  readonly url: string;
  /** URL of the HTTP proxy through which it is reached. */
  readonly proxy?: string | undefined;
}

interface Contexts {
  /** The one in use; null: none. */
  readonly current: string | null;
  readonly contexts: Readonly<Record<string, Context>>;
}

/** How many contexts there may be. */
export const MAX_CONTEXTS = 100;

/** The contexts of a user: servers by name, one of which is in use. */
export class ContextFile {
  readonly #file: string;

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#file = path.join(configDirectory(environment), 'contexts.json');
  }

  all(): Promise<Contexts> {
    return readConfig<Contexts>(this.#file, { current: null, contexts: {} }, 'remove it and add the contexts again');
  }

  /** @throws Misuse where there is none of that name */
  async named(name: string): Promise<Context> {
    const { contexts } = await this.all();
    const context = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
    if (context) return context;
    const names = Object.keys(contexts);
    throw new Misuse(
      `there is no context "${name}"; ${names.length > 0 ? `there are ${names.join(', ')}` : 'contractor context add adds one'}`,
    );
  }

  /** The one that is used where nothing else is said, by its name. */
  async inUse(): Promise<(Context & { readonly name: string }) | undefined> {
    const { current } = await this.all();
    return current === null ? undefined : { name: current, ...(await this.named(current)) };
  }

  /** Adds a context, or changes it. @throws Misuse where there are too many */
  async add(name: string, context: Context): Promise<void> {
    const { current, contexts } = await this.all();
    const next = { ...contexts, [name]: context };
    if (Object.keys(next).length > MAX_CONTEXTS) throw new Misuse(`there are ${MAX_CONTEXTS} contexts already`);
    await this.#write({ current, contexts: next });
  }

  /** Has a context used from now on; null: none. @throws Misuse */
  async use(name: string | null): Promise<void> {
    if (name !== null) await this.named(name);
    await this.#write({ ...(await this.all()), current: name });
  }

  /** @throws Misuse where there is none of that name */
  async delete(name: string): Promise<void> {
    await this.named(name);
    const { current, contexts } = await this.all();
    const { [name]: _, ...others } = contexts;
    await this.#write({ current: current === name ? null : current, contexts: others });
  }

  #write(contexts: Contexts): Promise<void> {
    return writePrivately(this.#file, `${JSON.stringify(contexts, null, 2)}\n`);
  }
}
