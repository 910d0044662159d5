import type { AgentParametersOf } from '#platform';
import type { AmtContract } from './contract.ts';
import type { Wsman } from './wsman.ts';

type Device = AgentParametersOf<AmtContract, 'set_boot'>['device'];

const CONFIGURATION = {
  type: 'CIM_BootConfigSetting',
  selectors: { InstanceID: 'Intel(r) AMT: Boot Configuration 0' },
};
const SERVICE = { type: 'CIM_BootService', selectors: { Name: 'Intel(r) AMT Boot Service' } };

/** What AMT calls each device. */
const SOURCES: Readonly<Record<Exclude<Device, 'none'>, string>> = {
  pxe: 'Intel(r) AMT: Force PXE Boot',
  disk: 'Intel(r) AMT: Force Hard-drive Boot',
  cdrom: 'Intel(r) AMT: Force CD/DVD Boot',
};

/** The configuration counts for the next start alone. */
const NEXT_SINGLE_USE = '1';

/** Says what a machine boots at its next start, and at no other. */
export async function setBoot(wsman: Wsman, device: Device): Promise<void> {
  const source =
    device === 'none' ? undefined : { type: 'CIM_BootSourceSetting', selectors: { InstanceID: SOURCES[device] } };
  await wsman.invoke(CONFIGURATION, 'ChangeBootOrder', source ? { Source: source } : {});
  await wsman.invoke(SERVICE, 'SetBootConfigRole', { BootConfigSetting: CONFIGURATION, Role: NEXT_SINGLE_USE });
}
