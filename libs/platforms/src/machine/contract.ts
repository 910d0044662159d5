import type { Fields } from '#platform';
import { boolean, choice, integer, json, list, text, withDefault } from '#platform';

/** How long is waited for a machine to go off, in seconds, where the script says nothing: an installation takes its time. */
const USUAL_WAIT_S = 4 * 3600;
/** The longest that can be asked for: a week. */
const MAX_WAIT_S = 7 * 86_400;

/** `wait_for_poweroff`: how long, in seconds. */
export const waitParameters = {
  timeout: withDefault(integer({ min: 1, max: MAX_WAIT_S }), USUAL_WAIT_S),
};

/** What scripts can do with virtual machines of any platform. */
export const vmFunctions = {
  power_on: {},
  power_off: {},
  power_state: {},
  wait_for_poweroff: waitParameters,
  destroy: {},
  get_interface_map: {},
  set_interface_macs: { interface_map: json() },
};

/** What comes of asking for a power state: `on`, `off`, or what the platform says in its own words. */
const powerResult = { state: text() };

/**
 * The tasks of virtual machines that are there. Each can be done again: it looks, or asks for a state that may be there already.
 * @param its how a machine is reached, and what it is known by
 */
export const vmTasks = <const I extends Fields>(its: I) => ({
  /** A machine that is not there is off; one that does not let itself be shut down softly stays as it is, and that is answered. */
  set_power: {
    repeat: 'safe' as const,
    parameters: { ...its, state: choice('on', 'off', 'soft_off') },
    result: powerResult,
  },
  power_state: { repeat: 'safe' as const, parameters: its, result: powerResult },
  /** A machine that is not there is destroyed. */
  destroy: { repeat: 'safe' as const, parameters: its, result: {} },
  /** MACs of the machine, in the order of its interfaces. */
  get_interface_map: { repeat: 'safe' as const, parameters: its, result: { interface_list: list(text()) } },
});

/** What comes of clearing away what is left of a machine. */
export const rollbackResult = { rollback_done: boolean() };
