import type { Limit } from './limit.ts';
import { loadedServer } from './loaded-server.ts';
import { median } from './median.ts';

/** Machines of one command. */
const MACHINES = 1000;
const ROUNDS = 3;

interface Planned {
  readonly value: { readonly machines: readonly { readonly addresses: readonly unknown[] }[] };
}

/**
 * A thousand machines in one command, each a foundation with an interface, a structure with an address, and their create
 * jobs: planned (a dry run); made without jobs; made with jobs. From the request to the answer, which is given when lists
 * and pages show them.
 */
export async function run(_: string[], limit: Limit): Promise<void> {
  const server = await loadedServer();
  const { client } = server;
  try {
    const block = await limit.step('preparing', async () => {
      await server.call('BluePrint/ResourceFile/load', { shipped: ['test'] });
      const site = '/api/v1/Site/Site:yard:';
      await client.create('/api/v1/Site/Site', { name: 'yard', description: 'a site' });
      const lan = await client.create('/api/v1/Utilities/Network', { name: 'lan', site });
      const values = { name: 'main', site, subnet: '10.0.0.0', prefix: 16 };
      const made = await client.create('/api/v1/Utilities/AddressBlock', values);
      await client.create('/api/v1/Utilities/NetworkAddressBlock', { network: lan.uri, address_block: made.uri });
      return Number(/:(\d+):$/.exec(made.uri)?.[1]);
    });
    const usual = { site: 'yard', blueprint: 'test-structure-base', foundation_type: 'Test', address_block: block };
    const provision = async (name: string, more: object): Promise<number> => {
      const begun = performance.now();
      const answer = await server.call('Building/Machine/provision', {
        ...usual,
        names: [name],
        count: MACHINES,
        ...more,
      });
      const seconds = (performance.now() - begun) / 1000;
      const { machines } = (answer as Planned).value;
      if (machines.length !== MACHINES || machines.some(({ addresses }) => addresses.length !== 1)) {
        throw new Error('these are other machines than were wanted');
      }
      return seconds;
    };
    const kinds: readonly (readonly [string, object])[] = [
      ['planned in a dry run', { dry_run: true }],
      ['made without jobs', { jobs: false }],
      ['made with their jobs', {}],
    ];
    for (const [n, [what, more]] of kinds.entries()) {
      const took: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const before = await server.processorTime();
        const seconds = await limit.step(what, () => provision(`m${n}x${round}y`, more));
        const busy = (await server.processorTime()) - before;
        took.push(seconds);
        process.stdout.write(`  ${what}: ${seconds.toFixed(2)} s, ${busy.toFixed(2)} s of processor time\n`);
      }
      process.stdout.write(`${MACHINES} machines ${what}: ${median(took).toFixed(2)} s\n`);
    }
  } finally {
    await server.stop();
  }
}
