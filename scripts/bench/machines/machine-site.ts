import type { CinpClient } from '#cinp';
import { until } from '#testing';
import type { MachineEngine } from './engines.ts';

type Values = Readonly<Record<string, unknown>>;

const SITE = '/api/v1/Site/Site:lab:';
const BLUEPRINT = '/api/v1/BluePrint';
const JOBS = ['FoundationJob', 'StructureJob'].map((name) => `/api/v1/Foreman/${name}`);

/** The site that agents serve. */
export const SITE_NAME = 'lab';

/** A machine, with what stands on it. */
export interface Machine {
  readonly engine: MachineEngine;
  readonly name: string;
  readonly structure: string;
}

export const foundationOf = ({ name }: Pick<Machine, 'name'>): string => `/api/v1/Building/Foundation:${name}:`;
const idOf = (uri: string): string => uri.split(':')[1] ?? '';

/** What stands on machines of each engine: its scripts only start and stop them. */
const guests = (engines: readonly MachineEngine[]): string =>
  engines
    .map(
      ({ name, guest: { start, stop, values } }) => `
[script.${name}-guest-create]
description = 'Start'
script = '''
${start}
'''
[script.${name}-guest-destroy]
description = 'Stop'
script = '''
${stop}
'''
[structure.${name}-guest]
description = 'A guest'
[structure.${name}-guest.config_values]
${Object.entries(values)
  .map(([key, value]) => `${key} = ${JSON.stringify(value)}`)
  .join('\n')}
[structure.${name}-guest.scripts]
create = '${name}-guest-create'
destroy = '${name}-guest-destroy'
`,
    )
    .join('');

const links = (engines: readonly MachineEngine[]): string => {
  const carriers: Readonly<Record<string, string>> = { docker: 'docker-container-base' };
  const all = engines.map(
    ({ name, platform }) => `['${name}-guest', '${carriers[platform] ?? `${platform}-vm-base`}']`,
  );
  return `sflinks = [${all.join(', ')}]\n`;
};

/** A site with a host for each engine, that is there already, and machines which are not made yet. */
export async function makeMachines(
  client: CinpClient,
  rest: (path: string, body: Values) => Promise<void>,
  engines: readonly MachineEngine[],
  each: number,
): Promise<readonly Machine[]> {
  const created = async (model: string, values: Values) => (await client.create(`/api/v1/${model}`, values)).uri;
  await created('Site/Site', { name: SITE_NAME, description: 'x' });
  for (const name of new Set(['manual', ...engines.map(({ platform }) => platform)])) {
    await rest('Setup/Platform/enable', { name });
  }
  await rest('BluePrint/ResourceFile/load', { files: { 'guests.toml': `${links(engines)}${guests(engines)}` } });
  const machines: Machine[] = [];
  for (const engine of engines) {
    const { name, address, network: networkName } = engine;
    const parts = address.split('.');
    const block = await created('Utilities/AddressBlock', {
      site: SITE,
      name,
      subnet: [...parts.slice(0, 3), '0'].join('.'),
      prefix: 24,
    });
    const locator = `host-${name}`;
    await created('Manual/ManualFoundation', {
      site: SITE,
      locator,
      blueprint: `${BLUEPRINT}/FoundationBluePrint:manual-foundation-base:`,
    });
    const host = await created('Building/Structure', {
      hostname: locator,
      site: SITE,
      foundation: `/api/v1/Building/Foundation:${locator}:`,
      blueprint: `${BLUEPRINT}/StructureBluePrint:manual-structure-base:`,
    });
    await created('Utilities/Address', {
      networked: `/api/v1/Utilities/Networked:${idOf(host)}:`,
      address_block: block,
      offset: Number(parts[3]),
      interface_name: 'eth0',
      is_primary: true,
    });
    for (const what of [`Foundation/${locator}`, `Structure/${idOf(host)}`]) {
      await rest(`Building/${what}/force`, { state: 'built' });
    }
    const number = Number(idOf(host));
    const complex = { name, site: SITE_NAME, description: 'x', members: [number], ...engine.complex(number) };
    await rest(engine.complexModel, complex);
    const network = networkName && (await created('Utilities/Network', { site: SITE, name: networkName }));
    if (network) await created('Utilities/NetworkAddressBlock', { network, address_block: block });
    for (let n = 1; n <= each; n += 1) {
      const hostname = `${name}${n}`;
      await client.call(`/api/v1/Building/Complex:${name}:(createFoundation)`, {
        hostname,
        site: SITE,
        interface_map_list: network ? [{ network_id: Number(idOf(network)) }] : [],
      });
      const structure = await created('Building/Structure', {
        hostname,
        site: SITE,
        foundation: foundationOf({ name: hostname }),
        blueprint: `${BLUEPRINT}/StructureBluePrint:${name}-guest:`,
      });
      machines.push({ engine, name: hostname, structure });
    }
  }
  return machines;
}

/** Jobs that are not over, with their states and what they say. */
export async function openJobs(client: CinpClient): Promise<readonly Values[]> {
  const lists = await Promise.all(JOBS.map((model) => client.list(model)));
  return Promise.all(
    lists.flatMap(({ uris }) => uris).map((uri) => client.get(uri).catch((): Values => ({ state: 'over' }))),
  );
}

/** Waits until no job is left, or one needs somebody. @returns those that are left */
export async function untilOver(client: CinpClient, maxMs: number): Promise<readonly Values[]> {
  let left: readonly Values[] = [];
  const isOver = async (): Promise<boolean> => {
    left = (await openJobs(client)).filter(({ state }) => state !== 'over');
    return left.length === 0 || left.some(({ state }) => ['error', 'paused', 'aborted'].includes(String(state)));
  };
  await until(isOver, maxMs).catch(() => undefined);
  return left;
}
