import { ProgramFailed, runProgram } from '#programs';
import type { HypervisorAddress } from './hypervisor-address.ts';
import { faultOf } from './virsh-fault.ts';

/** How long a question may take, in milliseconds; and something that is done. */
const QUESTION_MS = 30_000;
export const ACTION_MS = 300_000;
/** How much of an answer is kept, in characters: of the listing of some ten thousand domains. */
const MAX_ANSWER = 4 * 1024 * 1024;
/** Of the agent's own environment: where keys and sockets of its account are. */
const PASSED_ON = ['HOME', 'SSH_AUTH_SOCK', 'XDG_RUNTIME_DIR', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME'];

/** Asks a hypervisor something by a command of `virsh`, and gives what it answers. @throws Error in words for people */
export type Virsh = (command: readonly string[], options?: { readonly timeoutMs?: number }) => Promise<string>;

/** A hypervisor as one task reaches it. */
export interface VirshConnection {
  readonly address: HypervisorAddress;
  readonly virsh: Virsh;
  /** Of the task. */
  readonly signal: AbortSignal;
}

/** The hypervisor at an address, as long as the signal has not aborted. */
export function virshAt(address: HypervisorAddress, signal: AbortSignal): Virsh {
  const env = Object.fromEntries(
    PASSED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  const how = ['-q', '-c', address.uri];
  return async (command, { timeoutMs = QUESTION_MS } = {}) => {
    const options = { timeoutMs, signal, env, maxOutput: MAX_ANSWER };
    const ended = await runProgram('virsh', [...how, ...command], options).catch((error: unknown) => {
      throw told(error, address, timeoutMs);
    });
    if (ended.code !== 0) throw new Error(faultOf(ended.stderr, address));
    if (ended.cut) throw new Error(`libvirt on ${address.host} answered more than ${MAX_ANSWER} characters`);
    return ended.stdout;
  };
}

/** What kept virsh from ending by itself, in words for people. */
function told(error: unknown, { host, uri }: HypervisorAddress, timeoutMs: number): unknown {
  if (!(error instanceof ProgramFailed)) return error;
  if (error.kind === 'missing') {
    return new Error('the program "virsh" is missing: install the package libvirt-clients', { cause: error });
  }
  if (error.kind === 'late') {
    const text = `${host} did not answer within ${timeoutMs / 1000} s (virsh -c ${uri}): look whether it is up and reached`;
    return new Error(text, { cause: error });
  }
  return error;
}
