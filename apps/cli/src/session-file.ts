import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Session } from './rest-client.ts';

type Sessions = Readonly<Record<string, Session>>;

/** Where sessions are kept between commands: by server, in a file only its owner can read. */
export class SessionFile {
  readonly #file: string;

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    const config = environment['XDG_CONFIG_HOME'] || path.join(environment['HOME'] || os.homedir(), '.config');
    this.#file = path.join(config, 'contractor', 'session.json');
  }

  async get(server: string): Promise<Session | undefined> {
    return (await this.#read())[server];
  }

  /** Keeps a session of a server; undefined: forgets it. */
  async set(server: string, session: Session | undefined): Promise<void> {
    const { [server]: _, ...others } = await this.#read();
    const text = JSON.stringify(session ? { ...others, [server]: session } : others, null, 2);
    await mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
    // Written beside and moved, so that it is never half there, nor for a moment open to others.
    const fresh = `${this.#file}.${process.pid}`;
    await writeFile(fresh, `${text}\n`, { mode: 0o600 });
    await chmod(fresh, 0o600);
    await rename(fresh, this.#file);
  }

  async #read(): Promise<Sessions> {
    const text = await readFile(this.#file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '{}';
      throw error;
    });
    try {
      return JSON.parse(text) as Sessions;
    } catch {
      throw new Error(`${this.#file} cannot be read; remove it and log in again`);
    }
  }
}
