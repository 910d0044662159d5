import { ProgramFailed, runProgram } from '#programs';

/** The most echoes one ping sends; at one a second it is done within two minutes. */
const MAX_ECHOES = 100;

/** How much longer than its echoes one run may take, in milliseconds: for a slow name server. */
const MORE_MS = 30_000;
/** How much of what it prints is kept, in characters: with `-q` it is a few lines. */
const MAX_PRINTED = 4000;

/**
 * Sends ICMP echoes with the system's `ping`, a second apart with a second to answer each, and gives the percentage
 * answered (0 to 100). `count` is clipped to 1…100. Throws when the target is no host name or address, cannot be
 * resolved, or the program is missing.
 */
export async function ping(target: string, count: number, signal?: AbortSignal): Promise<number> {
  const host = hostOf(target);
  const echoes = Math.min(MAX_ECHOES, Math.max(1, Math.trunc(count) || 1));
  const args = ['-n', '-q', '-c', String(echoes), '-i', '1', '-W', '1', host];
  const limits = { timeoutMs: echoes * 1000 + MORE_MS, maxOutput: MAX_PRINTED, signal };
  const { code, signal: endedBy, stdout, stderr } = await runProgram('ping', args, limits).catch(named);
  const share = percentAnswered(stdout);
  if (share !== undefined) return share;
  if (/unreachable/i.test(stderr)) return 0;
  throw new Error(stderr.trim() || `ping ended with ${endedBy ?? `code ${code}`} and said nothing`);
}

/** The target, if it is a host name or a numeric address (so it can never be taken for an option). */
function hostOf(target: string): string {
  const name =
    /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$/;
  const address6 = /^[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9._-]+)?$/;
  if (typeof target === 'string' && (name.test(target) || address6.test(target))) return target;
  throw new Error(`target: ${JSON.stringify(target)} is neither a host name nor an IP address`);
}

/** Reads the line `5 packets transmitted, 4 received, …`; nothing was sent counts as nothing answered. */
export function percentAnswered(output: string): number | undefined {
  const counts = /(\d+) packets transmitted, (\d+) (?:packets )?received/.exec(output);
  if (counts === null) return undefined;
  const [sent, received] = [Number(counts[1]), Number(counts[2])];
  return sent === 0 ? 0 : (100 * Math.min(received, sent)) / sent;
}

/** A program that is missing, with the package it is in. */
function named(error: unknown): never {
  if (!(error instanceof ProgramFailed) || error.kind !== 'missing') throw error;
  throw new Error('the program "ping" is missing: install the package iputils-ping', { cause: error });
}
