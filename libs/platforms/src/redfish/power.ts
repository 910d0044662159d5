import type { TaskContext } from '#platform';
import type { RedfishClient } from './client.ts';
import { Refused } from './client.ts';
import { settledPower, type PowerPatience } from '../bmc/settled-power.ts';
import { actionOf, systemOf } from './system.ts';

const RESET = '#ComputerSystem.Reset';

/** How each state is asked for, the better way first. */
const RESET_TYPES = {
  on: ['On', 'ForceOn'],
  off: ['ForceOff'],
  soft_off: ['GracefulShutdown'],
} as const;

/** `on`, `off`, or what the service says where it is neither; a machine that is still switching off is not off. */
export async function powerState(client: RedfishClient): Promise<string> {
  const { resource } = await systemOf(client);
  const state = resource['PowerState'];
  if (state === 'On' || state === 'PoweringOn') return 'on';
  return state === 'Off' ? 'off' : `unknown "${String(state)}"`;
}

/**
 * Sets the power, unless it is as wanted. Where the machine knows no gentle way to be switched off, or refuses it, nothing is
 * done, and what comes next is the server's to say.
 * @returns what is seen afterwards
 */
export async function setPower(
  client: RedfishClient,
  state: keyof typeof RESET_TYPES,
  { signal, debug }: Pick<TaskContext, 'signal' | 'debug'>,
  patience?: PowerPatience,
): Promise<string> {
  const goal = state === 'on' ? 'on' : 'off';
  const before = await powerState(client);
  if (before === goal) return before;
  const reset = actionOf(client, await systemOf(client), RESET);
  if (!reset) throw new Error('the machine cannot be switched over Redfish: its system has no action Reset');
  const allowed = await reset.allowed('ResetType');
  const type = RESET_TYPES[state].find((one) => allowed?.includes(one) ?? true);
  if (type === undefined && state === 'soft_off') {
    debug('the machine knows no gentle way to be switched off', { allowed: allowed?.join(', ') ?? '' });
    return before;
  }
  if (type === undefined) {
    throw new Error(
      `the machine cannot be switched ${state}: its system resets by ${allowed?.join(', ') || 'nothing'}`,
    );
  }
  let refused: unknown;
  await client.post(reset.target, { ResetType: type }).catch((error: unknown) => {
    // Somebody else may have been faster.
    if (!(error instanceof Refused) || error.status === 401 || error.status === 403) throw error;
    refused = error;
  });
  if (refused !== undefined) {
    const after = await powerState(client);
    if (after === goal || state === 'soft_off') return after;
    throw refused;
  }
  return settledPower({ wanted: goal, gently: state === 'soft_off', look: () => powerState(client), signal }, patience);
}
