import type { AgentParametersOf, ResultOf } from '#platform';
import { isMap } from '#platform';
import type { RedfishClient, Resource } from './client.ts';
import type { RedfishContract } from './contract.ts';
import { systemOf, textsIn } from './system.ts';
import { seenAfter } from './tasks.ts';

type Wanted = Pick<AgentParametersOf<RedfishContract, 'set_boot'>, 'device' | 'persistent' | 'mode'>;
type Boot = ResultOf<RedfishContract, 'set_boot'>;

/** What Redfish calls each device. */
const TARGETS = {
  none: 'None',
  pxe: 'Pxe',
  http: 'UefiHttp',
  disk: 'Hdd',
  cdrom: 'Cd',
  usb: 'Usb',
  bios: 'BiosSetup',
  diag: 'Diags',
} as const satisfies Readonly<Record<Wanted['device'], string>>;

const MODES = { uefi: 'UEFI', legacy: 'Legacy' } as const;

const bootIn = (resource: Resource): Resource => {
  const boot = resource['Boot'];
  if (isMap(boot)) return boot;
  throw new Error('the machine does not tell over Redfish what it boots: its system has no "Boot"');
};

/** What the machine boots next. */
export async function bootDevice(client: RedfishClient): Promise<Boot> {
  return readBoot(bootIn((await systemOf(client)).resource));
}

function readBoot(boot: Resource): Boot {
  const enabled = boot['BootSourceOverrideEnabled'];
  if (enabled !== 'Once' && enabled !== 'Continuous') return { device: 'none', persistent: false };
  const target = boot['BootSourceOverrideTarget'];
  const found = Object.entries(TARGETS).find(([, name]) => name === target);
  if (!found) throw new Error(`the machine boots ${JSON.stringify(target)} next, which has no name here`);
  return { device: found[0] as Wanted['device'], persistent: enabled === 'Continuous' };
}

/**
 * Says what the machine boots next, once or from now on, and reads it back.
 * @throws Error where the machine does not know the device, or has taken the order and tells something else
 */
export async function setBoot(client: RedfishClient, { device, persistent, mode }: Wanted): Promise<Boot> {
  const { path, resource, etag } = await systemOf(client);
  const before = bootIn(resource);
  const target = TARGETS[device];
  const allowed = textsIn(before['BootSourceOverrideTarget@Redfish.AllowableValues']);
  if (allowed && device !== 'none' && !allowed.includes(target)) {
    throw new Error(`the machine cannot boot "${device}" (${target}): it boots ${allowed.join(', ')}`);
  }
  const enabled = device === 'none' ? 'Disabled' : persistent ? 'Continuous' : 'Once';
  const order = {
    BootSourceOverrideEnabled: enabled,
    ...(device === 'none' ? {} : { BootSourceOverrideTarget: target }),
    ...(mode === undefined ? {} : { BootSourceOverrideMode: MODES[mode] }),
  };
  const answer = await client.patch(path, { Boot: order }, etag);
  const look = async () => bootIn((await client.get(path)).resource);
  const wrongIn = (boot: Resource) => Object.entries(order).find(([name, value]) => boot[name] !== value);
  const after = await seenAfter(client, answer, look, (boot) => wrongIn(boot) === undefined);
  const wrong = wrongIn(after);
  if (wrong) {
    const [name, value] = wrong;
    throw new Error(`the machine took ${name} = ${value}, and has ${JSON.stringify(after[name] ?? null)} afterwards`);
  }
  return readBoot(after);
}
