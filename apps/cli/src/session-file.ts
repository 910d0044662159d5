import path from 'node:path';
import { configDirectory, readConfig, writePrivately } from './config-directory.ts';
import type { Session } from './rest-client.ts';

type Sessions = Readonly<Record<string, Session>>;

/** Where sessions are kept between commands: by server, in a file only its owner can read. */
export class SessionFile {
  readonly #file: string;

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#file = path.join(configDirectory(environment), 'session.json');
  }

  async get(server: string): Promise<Session | undefined> {
    return (await this.#read())[server];
  }

  /** Keeps a session of a server; undefined: forgets it. */
  async set(server: string, session: Session | undefined): Promise<void> {
    const { [server]: _, ...others } = await this.#read();
    const all = session ? { ...others, [server]: session } : others;
    await writePrivately(this.#file, `${JSON.stringify(all, null, 2)}\n`);
  }

  #read(): Promise<Sessions> {
    return readConfig<Sessions>(this.#file, {}, 'remove it and log in again');
  }
}
