import { randomUUID } from 'node:crypto';
import type { Limit } from './limit.ts';
import { loadedServer } from './loaded-server.ts';
import { median } from './median.ts';

/** So many things are in the file. */
const OBJECTS = 1000;
const ROUNDS = 5;

/** How long something took, and the processor time it took, in milliseconds. */
interface Measured {
  readonly wall: number;
  readonly processor: number;
}

/** A file of scripts, foundation blueprints, structure blueprints with slots and links, and PXEs. */
function resourceFile(mark: string): string {
  const links: string[] = [];
  const parts: string[] = [];
  for (let n = 0; n < OBJECTS; n += 1) {
    const name = `${mark}-${n}`;
    if (n % 10 === 0) {
      parts.push(
        `[script.${name}]\ndescription = 'a script'\nscript = '''\nbegin( description='a' )\n  pause( msg='b' )\nend\n'''\n`,
      );
    } else if (n % 10 === 1) {
      parts.push(`[foundation.${name}]\ndescription = 'a foundation'\nfoundation_types = ['Manual']\n`);
    } else if (n % 10 === 2) {
      parts.push(`[pxe.${name}]\nboot_script = '''\necho {{ _hostname }}\nboot\n'''\ntemplate = '# nothing'\n`);
    } else {
      const ten = n - (n % 10);
      links.push(`  ['${name}', '${mark}-${ten + 1}'],\n`);
      parts.push(`[structure.${name}]
description = 'number ${n}'
parents = [${n % 10 === 3 ? '' : `'${mark}-${ten + 3}'`}]
scripts = { create = '${mark}-${ten}', destroy = '${mark}-${ten}' }
[structure.${name}.config_values]
number = ${n}
ratio = 1.0
'>package_list' = ['one', 'two']
motd = 'This is {{ _hostname }}'
`);
    }
  }
  return `sflinks = [\n${links.join('')}]\n${parts.join('')}`;
}

/**
 * Measures over HTTP how long a resource file of {@link OBJECTS} things takes to load, to load again, and to be tried, and
 * how much processor time of server and database that is: on a machine that has other work to do, only the latter tells much.
 */
export async function run(_: string[], limit: Limit): Promise<void> {
  const server = await loadedServer(undefined, { CONTRACTOR_MAX_BODY: '4000000' });
  try {
    const times: Record<'tried' | 'loaded' | 'loaded again', Measured[]> = {
      tried: [],
      loaded: [],
      'loaded again': [],
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      const mark = `r${randomUUID().slice(0, 6)}`;
      const files = { [`${mark}.toml`]: resourceFile(mark) };
      const load = async (dryRun: boolean): Promise<Measured> => {
        const before = await server.processorTime();
        const begun = performance.now();
        await server.call('BluePrint/ResourceFile/load', { files, dry_run: dryRun });
        const wall = performance.now() - begun;
        return { wall, processor: 1000 * ((await server.processorTime()) - before) };
      };
      for (const [what, dryRun] of [
        ['tried', true],
        ['loaded', false],
        ['loaded again', false],
      ] as const) {
        times[what].push(await limit.step(`${what}, round ${round + 1}`, () => load(dryRun)));
      }
    }
    for (const [what, all] of Object.entries(times)) {
      const ms = (of: keyof Measured): string => median(all.map((one) => one[of])).toFixed(0);
      process.stdout.write(
        `a resource file of ${OBJECTS} things, ${what}: ${ms('wall')} ms ` +
          `(${all.map(({ wall }) => wall.toFixed(0)).join(', ')}), ${ms('processor')} ms of processor time\n`,
      );
    }
  } finally {
    await server.stop();
  }
}
