import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from '@jest/globals';

const run = promisify(execFile);

/** Where the agent of the boot image lies. */
export const AGENT = path.resolve('scripts/boot-image');
/** How long a line may take, in milliseconds: one that asks for ever is ended. */
const LINE_MS = 60_000;
const PARTS = ['arguments', 'json', 'console', 'http', 'hardware', 'lldp', 'network', 'disks', 'job', 'seed'];

/** What a line of the agent's shell is run with. */
export interface AgentLine {
  /** What the kernel was told besides. */
  readonly cmdline?: string;
  /** What is on the standard input. */
  readonly input?: string;
  /** Lines before it. */
  readonly more?: string;
}

/** The agent's shell over the folders of a machine that is not there. */
export interface AgentShell {
  /** A path in these folders: `run/answer`, `dev/sda`. */
  at(...names: readonly string[]): string;
  /** Writes a file there, with the folders above it. */
  put(name: string, text: string | Buffer): Promise<void>;
  /** Runs a line; gives what it writes. */
  sh(line: string, options?: AgentLine): Promise<string>;
}

/** Makes the folders, to be awaited at the top of a file of tests; they go with its tests. */
export async function startAgentShell(): Promise<AgentShell> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-boot-agent-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const at: AgentShell['at'] = (...names) => path.join(folder, ...names);
  for (const name of ['run', 'dev', 'proc']) await mkdir(at(name));
  const put: AgentShell['put'] = async (name, text) => {
    await mkdir(path.dirname(at(name)), { recursive: true });
    await writeFile(at(name), text);
  };
  const sh: AgentShell['sh'] = async (line, { cmdline = '', input = '', more = '' } = {}) => {
    await put('proc/cmdline', `BOOT_IMAGE=x ${cmdline}\n`);
    const script = [
      'set -u -f',
      `HERE=${AGENT} RUN=${at('run')} SYS=${at('sys')} DEV=${at('dev')} PROC=${at('proc')}`,
      ...PARTS.map((part) => `. ${AGENT}/parts/${part}`),
      more,
      line,
    ].join('\n');
    const child = run('busybox', ['sh', '-c', script], { timeout: LINE_MS });
    // A line that reads nothing may be gone before it is given anything.
    child.child.stdin?.on('error', () => undefined).end(input);
    return (await child).stdout;
  };
  return { at, put, sh };
}
