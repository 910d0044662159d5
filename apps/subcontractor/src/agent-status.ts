import type { BootStatus } from '#boot/agent';
import type { DhcpStatus } from '#dhcp/agent';
import type { MissingProgram, TaskAtWork } from '#wire';

/** How a subcontractor is getting on at one of its sites. */
export interface SiteStatus {
  readonly site: string;
  /** Whether tasks can be fetched. */
  readonly connected: boolean;
  /** Why not. */
  readonly reason?: string;
  readonly atWork: readonly TaskAtWork[];
}

/** How a subcontractor is getting on. */
export interface AgentStatus {
  readonly pid: number;
  readonly version: string;
  readonly name: string;
  /** ISO 8601. */
  readonly started: string;
  readonly transport: 'nats' | 'poll';
  readonly stopping: boolean;
  /** Limits by module. */
  readonly modules: Readonly<Record<string, number>>;
  readonly sites: readonly SiteStatus[];
  /** Programs its modules need and that were not there when it started. */
  readonly missing: readonly MissingProgram[];
  /** Results that are kept until they can be sent. */
  readonly unsent: number;
  /** Kept results that cannot be sent. */
  readonly setAside: number;
  /** Undefined: there is no DHCP. */
  readonly dhcp?: DhcpStatus | undefined;
  /** Undefined: machines boot nothing of ours. */
  readonly boot?: BootStatus | undefined;
}

/** The exit code of `status`: 0 it runs and fetches tasks of all its sites, 1 not of all. */
export const exitCodeOf = ({ sites }: AgentStatus): 0 | 1 => (sites.every(({ connected }) => connected) ? 0 : 1);

/** How a subcontractor is getting on, for people. */
export function statusText(status: AgentStatus): string {
  const { pid, version, name, started, transport, stopping, modules, sites, missing, unsent, setAside, dhcp, boot } =
    status;
  const limits = Object.entries(modules).map(([module, limit]) => `${module} (${limit})`);
  return [
    `Running${stopping ? ', and stopping' : ''}: ${name}, process ${pid}, version ${version}, since ${started}`,
    `modules (tasks at a time): ${limits.join(', ') || 'none'}`,
    ...sites.map(({ site, connected, reason }) =>
      connected
        ? `site ${site}: serving over ${transport === 'nats' ? 'NATS' : 'HTTP'}`
        : `site ${site}: not connected: ${reason ?? 'it is not known why'}`,
    ),
    ...missing.map(
      (one) => `module ${one.module}: the program "${one.program}" is missing: install the package ${one.package}`,
    ),
    `tasks at work: ${sites.reduce((sum, { atWork }) => sum + atWork.length, 0)}`,
    ...sites.flatMap(({ site, atWork }) =>
      atWork.map(
        (one) => `  ${one.task} of job ${one.job} at ${site}: ${one.module}.${one.function} since ${one.since}`,
      ),
    ),
    `unsent results: ${unsent}${setAside > 0 ? `; set aside, because they cannot be sent: ${setAside}` : ''}`,
    ...(dhcp ? dhcpText(dhcp) : []),
    ...(boot ? bootText(boot) : []),
    '',
  ].join('\n');
}

function dhcpText({ servers, refused, fault }: DhcpStatus): readonly string[] {
  return [
    ...servers.map(({ server, serves, answers, subnets, machines, leases, fault: amiss }) => {
      const what = `${subnets} subnets, ${machines} machines, leases: ${leases ?? 'not known'}`;
      const proof = answers === undefined ? 'not proved' : answers ? 'it offers leases' : 'it offers none';
      const how =
        serves === 'nothing' ? 'serves nothing of ours' : serves === 'former' ? 'serves what it did' : 'serves';
      return `${server}: ${how} (${what}; ${proof})${amiss === undefined ? '' : `: ${amiss}`}`;
    }),
    ...(fault === undefined ? [] : [`DHCP goes on with what it knows: ${fault}`]),
    ...refused.map((reason) => `left out by DHCP: ${reason}`),
  ];
}

function bootText({ servers, untold, forgotten, fault }: BootStatus): readonly string[] {
  return [
    ...servers.map(({ server, port, active }) => `${server}: serves files at port ${port} (${active} under way)`),
    ...(untold > 0 ? [`requests of machines that boot, not told yet: ${untold}`] : []),
    ...(forgotten > 0 ? [`requests of machines that boot, forgotten: ${forgotten}`] : []),
    ...(fault === undefined ? [] : [`boot services: ${fault}`]),
  ];
}
