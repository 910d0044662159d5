import { setTimeout as sleep } from 'node:timers/promises';
import { ACTION_MS, type Virsh } from './virsh.ts';

/** How often a domain that is just ending is looked at again, and how long at most, in milliseconds. */
const LOOK_MS = 250;
const ENDING_MS = 10_000;
const ENDING = 'in shutdown';

const ON = new Set(['running', 'idle']);
const OFF = new Set(['shut off', 'crashed', ENDING]);

/** The state of the power by what virsh calls the state of a domain. */
export const powerOf = (words: string): string =>
  ON.has(words) ? 'on' : OFF.has(words) ? 'off' : `unknown "${words}"`;

/** The state of the power of a domain; one that is just ending is waited for a moment. */
export async function powerState(virsh: Virsh, uuid: string, signal: AbortSignal): Promise<string> {
  for (let waited = 0; ; waited += LOOK_MS) {
    const words = (await virsh(['domstate', uuid])).trim();
    if (words !== ENDING || waited >= ENDING_MS) return powerOf(words);
    await sleep(LOOK_MS, undefined, { signal });
  }
}

/** The command for each wish. */
const COMMANDS = {
  on: (uuid: string) => ['start', uuid],
  off: (uuid: string) => ['destroy', uuid],
  soft_off: (uuid: string) => ['shutdown', uuid],
} as const;

/**
 * Switches a domain on or off, or has it asked to end by itself, where it is not so already.
 * @returns the state right afterwards
 */
export async function setPower(
  virsh: Virsh,
  uuid: string,
  wanted: keyof typeof COMMANDS,
  signal: AbortSignal,
): Promise<string> {
  const goal = wanted === 'on' ? 'on' : 'off';
  const before = await powerState(virsh, uuid, signal);
  if (before === goal) return before;
  try {
    await virsh(COMMANDS[wanted](uuid), { timeoutMs: ACTION_MS });
  } catch (error) {
    if (signal.aborted) throw error;
    const state = await powerState(virsh, uuid, signal);
    // It may have come to that by itself meanwhile; one that is paused is not asked, and stays as it is.
    if (state !== goal && wanted !== 'soft_off') throw error;
    return state;
  }
  return powerState(virsh, uuid, signal);
}
