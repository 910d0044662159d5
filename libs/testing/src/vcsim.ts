import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** A simulator of vCenter of a test's own: that of govmomi, which keeps its inventory in memory. */
export interface Vcsim {
  /** `address:port`, by HTTPS. */
  readonly host: string;
  readonly username: string;
  readonly password: string;
  stop(): Promise<void>;
}

/** What a simulator is to be. */
export interface VcsimOptions {
  /** Where it listens; any free port of 127.0.0.1 unless it is said. */
  readonly listen?: string;
  /** Machines that each of its pools has from the beginning. */
  readonly machines?: number;
  /** Whether it is an ESX host by itself. */
  readonly isEsx?: boolean;
}

const BUILD = path.join(import.meta.dirname, '../../../scripts/vcsim/build.sh');
const [USERNAME, PASSWORD] = ['contractor@vsphere.local', 'a secret of vsphere'];

/** Starts a simulator, which is built where it was not yet, and resolves once it takes requests. */
export async function startVcsim({
  listen = '127.0.0.1:0',
  machines = 0,
  isEsx = false,
}: VcsimOptions = {}): Promise<Vcsim> {
  const { stdout: built } = await promisify(execFile)(BUILD).catch((error: Error & { readonly stderr?: string }) => {
    throw new Error(
      `vcsim cannot be built (scripts/install-test-tools.sh installs what it needs): ${error.stderr ?? error.message}`,
    );
  });
  const options = [
    `-l=${listen}`,
    `-username=${USERNAME}`,
    `-password=${PASSWORD}`,
    `-vm=${machines}`,
    `-esx=${isEsx}`,
  ];
  // It ends with its input, so also when we die without a word.
  const program = spawn(built.trim(), options, { stdio: ['pipe', 'pipe', 'pipe'] });
  const said: string[] = [];
  program.stderr.setEncoding('utf8').on('data', (text: string) => void said.push(text));
  const host = await new Promise<string>((resolve, reject) => {
    program.once('error', reject);
    program.once('exit', (code) => reject(new Error(`vcsim ended with ${code}: ${said.join('')}`)));
    createInterface(program.stdout).on('line', (line) => {
      const [, at] = /^listening at (.+)$/.exec(line) ?? [];
      if (at !== undefined) resolve(at);
    });
  });
  return {
    host,
    username: USERNAME,
    password: PASSWORD,
    async stop() {
      if (program.exitCode !== null || program.signalCode !== null) return;
      const ended = once(program, 'exit');
      program.kill('SIGKILL');
      await ended;
    },
  };
}
