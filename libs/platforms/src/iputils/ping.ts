import { execFile } from 'node:child_process';

/** The most echoes one ping sends; at one a second it is done within two minutes. */
const MAX_ECHOES = 100;

/** How one run of the `ping` program ended. */
type Run = { readonly missing: true } | { readonly code: number; readonly output: string; readonly complaint: string };

/**
 * Sends ICMP echoes with the system's `ping`, a second apart with a second to answer each, and gives the percentage
 * answered (0 to 100). `count` is clipped to 1…100. Throws when the target is no host name or address, cannot be
 * resolved, or the program is missing.
 */
export async function ping(target: string, count: number, signal?: AbortSignal): Promise<number> {
  const host = hostOf(target);
  const echoes = Math.min(MAX_ECHOES, Math.max(1, Math.trunc(count) || 1));
  const run = await runPing(['-n', '-q', '-c', String(echoes), '-W', '1', host], signal);
  if ('missing' in run) throw new Error('the program "ping" is missing: install the package iputils-ping');
  const share = percentAnswered(run.output);
  if (share !== undefined) return share;
  if (/unreachable/i.test(run.complaint)) return 0;
  throw new Error(run.complaint.trim() || `ping ended with code ${run.code} and said nothing`);
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

const runPing = (options: readonly string[], signal?: AbortSignal): Promise<Run> =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, LC_ALL: 'C' };
    execFile('ping', options, { env, signal }, (error, output, complaint) => {
      if (error === null) resolve({ code: 0, output, complaint });
      else if (error.code === 'ENOENT') resolve({ missing: true });
      else if (typeof error.code === 'number') resolve({ code: error.code, output, complaint });
      else reject(error);
    });
  });
