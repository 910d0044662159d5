import type { ProxmoxApi } from './api.ts';
import type { ProxmoxVm as Vm } from './contract.ts';

/** A bridge, and the VLAN on it. */
export interface Attachment {
  readonly bridge: string;
  readonly vlan: number | null;
}

interface Node {
  readonly node: string;
  readonly status: string;
  /** In bytes. */
  readonly maxmem?: number;
  readonly mem?: number;
  /** Part of it that is busy. */
  readonly cpu?: number;
}

const MIB = 2 ** 20;

const freeOf = ({ maxmem = 0, mem = 0 }: Node): number => maxmem - mem;
/** The more of its memory and of its processors is free, the better. */
const scoreOf = (node: Node): number => freeOf(node) / (node.maxmem ?? 1) + (1 - (node.cpu ?? 0));

/** Where a machine is made, and what its interfaces are attached to there. */
export interface Place {
  readonly node: string;
  readonly attachments: readonly Attachment[];
}

/**
 * The node that is asked for; else the best of those that are online, have the memory and all the bridges.
 * @throws Error where none is fit
 */
export async function chooseNode(api: ProxmoxApi, vm: Vm): Promise<Place> {
  const online = (await api.get<readonly Node[]>('/nodes')).filter(({ status }) => status === 'online');
  const asked = online.filter(({ node }) => vm.node === undefined || node === vm.node);
  if (asked.length === 0) {
    throw new Error(`${vm.node === undefined ? 'no node' : `no node "${vm.node}"`} of ${api.host} is online`);
  }
  // Who asks for a node has looked at what it has left.
  const roomy = vm.node === undefined ? asked.filter((node) => freeOf(node) >= vm.memory_size * MIB) : asked;
  if (roomy.length === 0) throw new Error(`no node of ${api.host} has ${vm.memory_size} MiB of memory left`);
  const faults: string[] = [];
  for (const { node } of roomy.toSorted((one, other) => scoreOf(other) - scoreOf(one))) {
    const path = `/nodes/${encodeURIComponent(node)}/network?type=any_bridge`;
    const bridges = (await api.get<readonly { readonly iface: string }[]>(path)).map(({ iface }) => iface);
    const attachments = vm.interface_list.map(({ network }) => attachmentOf(network, bridges));
    const missing = vm.interface_list.filter((_, n) => attachments[n] === undefined).map(({ network }) => network);
    if (missing.length === 0) return { node, attachments: attachments as readonly Attachment[] };
    faults.push(`node "${node}" has no bridge "${missing.join('", "')}": it has ${bridges.join(', ') || 'none'}`);
  }
  throw new Error(faults.join('; '));
}

/** What the name of a network means on a node: a bridge, or a VLAN on one (`vmbr0.12`). */
function attachmentOf(network: string, bridges: readonly string[]): Attachment | undefined {
  if (bridges.includes(network)) return { bridge: network, vlan: null };
  const [, bridge = '', vlan = ''] = /^(.+)\.(\d{1,4})$/.exec(network) ?? [];
  return bridges.includes(bridge) ? { bridge, vlan: Number(vlan) } : undefined;
}
