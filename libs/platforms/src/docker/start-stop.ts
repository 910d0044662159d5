import type { Container } from './containers.ts';
import { findContainer, pathOf } from './containers.ts';
import type { Engine } from './engine.ts';

/** A container is watched for so long after its start, in milliseconds: one that ends at once has failed. */
const WATCHED_MS = 1000;
/** How much of what a container has written is told where it ended at once: lines, and characters. */
const TOLD_LINES = '5';
const MAX_TOLD = 500;

/** What engines call a container that has ended; Podman has a word of its own until it has put it away. */
const ENDED = ['exited', 'dead', 'stopped'];

export type PowerState = 'start' | 'stop';

export const stateOf = ({ status }: Container): PowerState => (status === 'running' ? 'start' : 'stop');

/**
 * Starts or stops a container, unless it is as it is wanted. @returns the state it is in then
 * @throws Error where it ends at once with an exit code other than 0
 */
export async function startStop(
  engine: Engine,
  container: Container,
  wanted: PowerState,
  signal: AbortSignal,
): Promise<PowerState> {
  const { id, name, status } = container;
  if (stateOf(container) === wanted) return wanted;
  if (wanted === 'stop') {
    // One that was never started, or has ended, is stopped: both engines say so without an error.
    await engine.ask({ method: 'POST', path: `${pathOf(id)}/stop` });
    return wanted;
  }
  await engine.ask({ method: 'POST', path: `${pathOf(id)}/${status === 'paused' ? 'unpause' : 'start'}` });
  await watch(engine, id, signal);
  // Podman does not tell of one that was over before anybody waited for its end.
  const { status: now = '', exitCode = 0, error = '' } = (await findContainer(engine, id)) ?? {};
  if (!ENDED.includes(now) || (exitCode === 0 && error === '')) return wanted;
  const said = error === '' ? await lastLines(engine, id) : error;
  throw new Error(`the container ${name} ended at once with exit code ${exitCode}${said === '' ? '' : `: ${said}`}`);
}

/** Waits until a container ends, or its time to do so is over. */
async function watch(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  const over = AbortSignal.timeout(WATCHED_MS);
  try {
    const query = { condition: 'not-running' };
    await engine.ask({
      method: 'POST',
      path: `${pathOf(id)}/wait`,
      query,
      signal: AbortSignal.any([signal, over]),
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!over.aborted) throw error;
  }
}

/** The last lines that a container has written, in one line. */
async function lastLines(engine: Engine, id: string): Promise<string> {
  const query = { stdout: 'true', stderr: 'true', tail: TOLD_LINES };
  const bytes = await engine.bytes({ method: 'GET', path: `${pathOf(id)}/logs`, query });
  return textOfLog(bytes)
    .trim()
    .split(/\s*\n\s*/)
    .join(' | ')
    .slice(-MAX_TOLD);
}

/** What is in a log: parts of standard output and error, each with a head of 8 bytes that ends in its length. */
export function textOfLog(bytes: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= bytes.length;) {
    // A terminal has one stream, without heads.
    if (bytes.readUInt8(at) > 2 || bytes.readUIntBE(at + 1, 3) !== 0) return bytes.toString();
    const end = at + 8 + bytes.readUInt32BE(at + 4);
    parts.push(bytes.subarray(at + 8, end));
    at = end;
  }
  return Buffer.concat(parts).toString();
}
