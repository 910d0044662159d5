import type { AgentHalf, AgentParametersOf, TaskContext } from '#platform';
import { libvirtContract, type LibvirtContract } from './contract.ts';
import { createDomain, observeCreate, undoCreate } from './create.ts';
import { describeDomain, NoDomain, withDomain, type DomainId } from './domains.ts';
import { hypervisorOf, type Hypervisor, type LibvirtSettings } from './hypervisor.ts';
import { listDomains } from './list-domains.ts';
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
  const onDomain = async <R>(
    parameters: OfDomain,
    context: TaskContext,
    act: (virsh: Hypervisor['virsh'], uuid: string) => Promise<R>,
  ): Promise<R> => {
    const hypervisor = at(parameters, context);
    return withDomain(hypervisor, idOf(parameters), (uuid) => act(hypervisor.virsh, uuid));
  };

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
      set_power: (parameters, context) =>
        onDomain(parameters, context, async (virsh, uuid) => ({
          state: await setPower(virsh, uuid, parameters.state, context.signal),
        })).catch((error: unknown) => {
          // What is gone is off.
          if (parameters.state === 'on' || !(error instanceof NoDomain)) throw error;
          return { state: 'off' };
        }),
      power_state: (parameters, context) =>
        onDomain(parameters, context, async (virsh, uuid) => ({
          state: await powerState(virsh, uuid, context.signal),
        })),
      get_interface_map: (parameters, context) =>
        onDomain(parameters, context, async (virsh, uuid) => ({
          interface_list: (await describeDomain(virsh, uuid)).macs,
        })),
      list: async (parameters, context) => ({ machine_list: await listDomains(at(parameters, context).virsh) }),
      console_address: (parameters, context) =>
        onDomain(parameters, context, async (virsh, uuid) => ({ address: (await virsh(['domdisplay', uuid])).trim() })),
    },
    observe: {
      create: (parameters, context) => observeCreate(at(parameters, context), parameters.vm, context.task),
    },
  };
}
