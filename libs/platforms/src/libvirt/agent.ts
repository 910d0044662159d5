import type { AgentHalf, AgentParametersOf, TaskContext } from '#platform';
import { libvirtContract, type LibvirtContract } from './contract.ts';
import { createDomain, observeCreate, undoCreate } from './create.ts';
import { theDomain, type DomainId } from './domains.ts';
import { hypervisorOf, type Hypervisor, type LibvirtSettings } from './hypervisor.ts';
import { powerState, setPower } from './power.ts';
import { destroyDomain } from './remove.ts';

type OfDomain = AgentParametersOf<LibvirtContract, 'destroy'>;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Which domain is meant. @throws Error where the UUID is none */
function idOf({ uuid, name }: OfDomain): DomainId {
  const lower = uuid?.toLowerCase() ?? null;
  if (lower !== null && !UUID.test(lower)) throw new Error(`uuid: "${uuid}" is no UUID`);
  return { uuid: lower, name };
}

/** The agent half of libvirt: domains of hosts that `virsh` reaches. */
export function libvirt(settings: LibvirtSettings = {}): AgentHalf<LibvirtContract> {
  const at = ({ connection: { host } }: Pick<OfDomain, 'connection'>, { signal }: TaskContext): Hypervisor =>
    hypervisorOf(host, settings, signal);
  const uuidOf = async ({ virsh, address }: Hypervisor, parameters: OfDomain): Promise<string> =>
    (await theDomain(virsh, idOf(parameters), address.host)).uuid;

  return {
    contract: libvirtContract,
    tasks: {
      create: async (parameters, context) => ({
        uuid: await createDomain(at(parameters, context), parameters.vm, context.task),
      }),
      async create_rollback(parameters, context) {
        await undoCreate(at(parameters, context), parameters.vm);
        return { rollback_done: true };
      },
      async destroy(parameters, context) {
        await destroyDomain(at(parameters, context), idOf(parameters));
        return {};
      },
      async set_power(parameters, context) {
        const host = at(parameters, context);
        const uuid = await uuidOf(host, parameters);
        return { state: await setPower(host.virsh, uuid, parameters.state, context.signal) };
      },
      async power_state(parameters, context) {
        const host = at(parameters, context);
        return { state: await powerState(host.virsh, await uuidOf(host, parameters), context.signal) };
      },
      async get_interface_map(parameters, context) {
        const host = at(parameters, context);
        const { macs } = await theDomain(host.virsh, idOf(parameters), host.address.host);
        return { interface_list: macs };
      },
      async console_address(parameters, context) {
        const host = at(parameters, context);
        const address = await host.virsh(['domdisplay', await uuidOf(host, parameters)]);
        return { address: address.trim() };
      },
    },
    observe: {
      create: (parameters, context) => observeCreate(at(parameters, context), parameters.vm, context.task),
    },
  };
}
