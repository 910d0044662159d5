import type { Wsman } from './wsman.ts';

const STATUS = { type: 'CIM_AssociatedPowerManagementService' };
const SERVICE = {
  type: 'CIM_PowerManagementService',
  selectors: { Name: 'Intel(r) AMT Power Management Service' },
};
const MACHINE = { type: 'CIM_ComputerSystem', selectors: { Name: 'ManagedSystem' } };
const SPACE = `http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/${STATUS.type}`;

/** What the codes of a power state mean; a machine that sleeps is neither on nor off. */
const STATES: Readonly<Record<string, string>> = {
  2: 'on',
  3: 'standby',
  4: 'standby',
  5: 'reboot',
  6: 'off',
  7: 'hibernate',
  8: 'off',
};
const CODES = { on: '2', off: '8' } as const;

/** The power state of a machine. @throws Error for a code that is none */
export async function powerState(wsman: Wsman): Promise<string> {
  const code = (await wsman.get(STATUS)).text(SPACE, 'PowerState');
  const state = STATES[code ?? ''];
  if (state === undefined) throw new Error(`AMT tells a power state that is unknown: ${code ?? 'none'}`);
  return state;
}

/** Has a machine switched; that it was done is seen only afterwards. */
export const requestPower = (wsman: Wsman, state: keyof typeof CODES): Promise<void> =>
  wsman.invoke(SERVICE, 'RequestPowerStateChange', { PowerState: CODES[state], ManagedElement: MACHINE });
