import { platformContract } from '#platform';

/** Machines that people handle by hand: there is nothing an agent could do for them. */
export const manualContract = platformContract({
  name: 'manual',
  tasks: {},
  functions: {},
  foundationFunctions: { power_on: {}, power_off: {}, power_state: {}, wait_for_poweroff: {} },
});

export type ManualContract = typeof manualContract;
