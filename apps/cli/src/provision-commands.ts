import { setTimeout as sleep } from 'node:timers/promises';
import type { Asked, Command, CommandOption, Result, Tools } from './command.ts';
import { listOf, Misuse, table, valueOf } from './command.ts';
import type { RestClient, Values } from './rest-client.ts';

const MODEL = 'Building/Machine';
/** Time between two looks at machines that are to be deleted, in milliseconds. */
const LOOK_MS = 200;

interface PlannedJob {
  readonly target: string;
  readonly script: string;
  readonly job: number | null;
}
interface ProvisionPlan {
  readonly dry_run: boolean;
  readonly foundation_type: string;
  readonly foundation_blueprint: string;
  readonly machines: readonly {
    readonly hostname: string;
    readonly foundation: string;
    readonly structure: number | null;
    readonly interfaces: readonly { readonly name: string }[];
    readonly addresses: readonly { readonly ip_address: string; readonly interface_name: string }[];
    readonly jobs: readonly PlannedJob[];
  }[];
  readonly warnings: readonly string[];
}
interface DeprovisionPlan {
  readonly dry_run: boolean;
  readonly id: number | null;
  readonly machines: readonly {
    readonly hostname: string;
    readonly structure: number;
    readonly foundation: string;
    readonly addresses: readonly string[];
    readonly jobs: readonly PlannedJob[];
  }[];
}

const NAMES = `NAME is a name, or a pattern as the shell has it: web{01..12} is web01 to web12, quoted or not. With --count,
'web{01..}' begins at 01, and web is numbered from 1, with as many digits as the count has.`;

const names: Readonly<Record<string, CommandOption>> = {
  site: { type: 'string', value: 'SITE', does: 'the site they are at', completes: { model: 'Site/Site' } },
  count: { type: 'string', value: 'N', does: 'how many machines, at most 1000' },
  'dry-run': { type: 'boolean', does: 'tell everything that would be done, and do nothing' },
};

function needed(asked: Asked, name: string): string {
  const value = valueOf(asked, name);
  if (value === undefined) throw new Misuse(`say --${name}`);
  return value;
}

function countOf(asked: Asked): number | null {
  const text = valueOf(asked, 'count');
  if (text === undefined) return null;
  if (!/^\d{1,6}$/.test(text)) throw new Misuse(`--count is a whole number, and not "${text}"`);
  return Number(text);
}

/** What was given as `key=value`, again and again; values that are JSON are what they say, others text. */
function pairsOf(asked: Asked, option: string, asText = false): Values {
  return Object.fromEntries(
    listOf(asked, option).map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new Misuse(`--${option} takes KEY=VALUE, and not "${pair}"`);
      const [key, value] = [pair.slice(0, at), pair.slice(at + 1)];
      return [key, asText ? value : jsonOr(value)];
    }),
  );
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The id of an object that is named by its id, or by its name at a site. */
async function idAt(
  client: RestClient,
  model: string,
  site: string,
  given: string | undefined,
): Promise<number | null> {
  if (given === undefined) return null;
  if (/^\d+$/.test(given)) return Number(given);
  const found = await client.call(`${model}/getWithNameSite`, { site, name: given });
  if (found === null) throw new Error(`there is no ${model} called "${given}" at the site "${site}"`);
  return Number(found);
}

const given = (values: Readonly<Record<string, string | undefined>>): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

const machines = (count: number): string => `${count} ${count === 1 ? 'machine' : 'machines'}`;
const jobText = (jobs: readonly PlannedJob[]): string =>
  jobs
    .map(({ target, script, job }) => `${script} ${target.toLowerCase()}${job === null ? '' : ` #${job}`}`)
    .join(', ');
const jobIds = (all: readonly { readonly jobs: readonly PlannedJob[] }[]): number[] =>
  all.flatMap(({ jobs }) => jobs.flatMap(({ job }) => (job === null ? [] : [job])));

function shownPlan(plan: ProvisionPlan): Result {
  const { text } = table(plan.machines, {
    HOSTNAME: ({ hostname }) => hostname,
    STRUCTURE: ({ structure }) => structure ?? '-',
    FOUNDATION: ({ foundation }) => foundation,
    INTERFACES: ({ interfaces }) => (interfaces as ProvisionPlan['machines'][0]['interfaces']).map(({ name }) => name),
    ADDRESSES: ({ addresses }) => (addresses as ProvisionPlan['machines'][0]['addresses']).map((one) => one.ip_address),
    JOBS: ({ jobs }) => jobText(jobs as readonly PlannedJob[]),
  });
  const { dry_run: dryRun, warnings } = plan;
  const what = `${machines(plan.machines.length)} on foundations of the type ${plan.foundation_type} (${plan.foundation_blueprint})`;
  const end = dryRun ? `would be made: ${what}; nothing was changed` : `made ${what}`;
  return {
    json: plan,
    text: [text, ...warnings.map((warning) => `warning: ${warning}`), end].join('\n'),
    jobs: jobIds(plan.machines),
  };
}

function shownRemoval(plan: DeprovisionPlan): Result {
  const { text } = table(plan.machines, {
    HOSTNAME: ({ hostname }) => hostname,
    STRUCTURE: ({ structure }) => structure,
    FOUNDATION: ({ foundation }) => foundation,
    ADDRESSES: ({ addresses }) => addresses,
    JOBS: ({ jobs }) => jobText(jobs as readonly PlannedJob[]),
  });
  const what = machines(plan.machines.length);
  const end = plan.dry_run
    ? `would be destroyed and deleted: ${what}; nothing was changed`
    : `${what} will be deleted when the jobs are done; "contractor deprovision status ${plan.id}" tells how far that is`;
  return { json: plan, text: `${text}\n${end}`, jobs: jobIds(plan.machines) };
}

/** Waits until machines are deleted behind their jobs, and tells which of them stay. @returns whether none does */
async function areDeleted(id: number, { client, signal, terminal }: Tools): Promise<boolean> {
  for (;;) {
    const { state, kept } = await client.get(`Building/Deprovision/${id}`);
    if (state !== 'running') {
      const stay = kept as readonly string[];
      for (const text of stay) terminal.output.write(`stays: ${text}\n`);
      return state === 'done' && stay.length === 0;
    }
    await sleep(LOOK_MS, undefined, { signal });
  }
}

/** Commands about many machines at once. */
export const provisionCommands: Readonly<Record<string, Command>> = {
  provision: {
    usage: 'NAME… --site SITE --blueprint BLUEPRINT (--complex COMPLEX | --type TYPE) [--network NET] [--block BLOCK]',
    does: 'make machines: foundations, interfaces, structures, addresses and create jobs; all of them, or none',
    about: `${NAMES}

Each machine gets the lowest free address of the block, on its provisioning interface. Where only the network or only
the block is named, the other one follows if there is one alone.

  contractor provision web{01..12} --site lab --blueprint web --complex cluster1 --block main --dry-run
  contractor provision web --count 1000 --site lab --blueprint test-structure-base --type test`,
    names: [1, Number.POSITIVE_INFINITY],
    needs: 'requires the names of the machines',
    makesJobs: true,
    options: {
      ...names,
      blueprint: {
        type: 'string',
        short: 'b',
        value: 'BLUEPRINT',
        does: 'what they are to become',
        completes: { model: 'BluePrint/StructureBluePrint' },
      },
      complex: {
        type: 'string',
        value: 'COMPLEX',
        does: 'the complex that carries their foundations',
        completes: { model: 'Building/Complex' },
      },
      type: { type: 'string', value: 'TYPE', does: 'without a complex: the type of their foundations (test, manual)' },
      'foundation-blueprint': {
        type: 'string',
        value: 'BLUEPRINT',
        does: 'of their foundations; by default the one that fits',
        completes: { model: 'BluePrint/FoundationBluePrint' },
      },
      locator: { type: 'string', value: 'PATTERN', does: "what the foundations are called: '{name}' by default" },
      network: { type: 'string', value: 'NETWORK', does: 'the network of their interfaces: its name, or id' },
      block: { type: 'string', value: 'BLOCK', does: 'the address block of their addresses: its name, or id' },
      set: { type: 'string', multiple: true, value: 'KEY=VALUE', does: 'a configuration value of each' },
      field: { type: 'string', multiple: true, value: 'KEY=VALUE', does: 'a field of the platform of the foundations' },
      label: { type: 'string', multiple: true, value: 'KEY=VALUE', does: 'a label of each' },
      owner: { type: 'string', value: 'OWNER', does: 'who answers for them' },
      'member-of': {
        type: 'string',
        value: 'COMPLEX',
        does: 'a complex whose members they become',
        completes: { model: 'Building/Complex' },
      },
      'plan-only': { type: 'boolean', does: 'make no jobs: they stay planned' },
    },
    run: async (asked, { client }) => {
      const site = needed(asked, 'site');
      const plan = await client.call(`${MODEL}/provision`, {
        names: asked.names,
        count: countOf(asked),
        site,
        blueprint: needed(asked, 'blueprint'),
        network: await idAt(client, 'Utilities/Network', site, valueOf(asked, 'network')),
        address_block: await idAt(client, 'Utilities/AddressBlock', site, valueOf(asked, 'block')),
        config_values: pairsOf(asked, 'set'),
        fields: pairsOf(asked, 'field'),
        labels: pairsOf(asked, 'label', true),
        ...given({
          complex: valueOf(asked, 'complex'),
          foundation_type: valueOf(asked, 'type'),
          foundation_blueprint: valueOf(asked, 'foundation-blueprint'),
          locator: valueOf(asked, 'locator'),
          owner: valueOf(asked, 'owner'),
          member_of: valueOf(asked, 'member-of'),
        }),
        jobs: asked.options['plan-only'] !== true,
        dry_run: asked.options['dry-run'] === true,
      });
      return shownPlan(plan as ProvisionPlan);
    },
  },
  deprovision: {
    usage: 'NAME… --site SITE [--count N] [--dry-run]',
    does: 'have jobs destroy machines, and delete them with their addresses when these are done',
    about: `${NAMES}

Where one of them may not go (a job is at work on it, something uses it), nothing happens, and every reason is told.`,
    names: [1, Number.POSITIVE_INFINITY],
    needs: 'requires the names of the machines',
    makesJobs: true,
    options: names,
    run: async (asked, tools) => {
      const plan = (await tools.client.call(`${MODEL}/deprovision`, {
        names: asked.names,
        count: countOf(asked),
        site: needed(asked, 'site'),
        dry_run: asked.options['dry-run'] === true,
      })) as DeprovisionPlan;
      const { id } = plan;
      return { ...shownRemoval(plan), ...(id === null ? {} : { afterwards: () => areDeleted(id, tools) }) };
    },
  },
  'deprovision status': {
    usage: 'ID',
    does: 'tell how far machines are that are taken down, and which stay after all',
    names: [1, 1],
    run: async ({ names: [id = ''] }, { client }) => {
      const { _links, ...its } = await client.get(`Building/Deprovision/${encodeURIComponent(id)}`);
      const kept = its['kept'] as readonly string[];
      const open = its['open'] as readonly string[];
      const lines = [
        `${String(its['state'])}: ${String(its['removed'])} of ${machines(Number(its['total']))} removed`,
        ...(open.length > 0 ? [`still to go: ${open.join(' ')}`] : []),
        ...kept.map((text) => `stays: ${text}`),
      ];
      return { json: its, text: lines.join('\n') };
    },
  },
  'deprovision cancel': {
    usage: 'ID',
    does: 'have machines stay that are still there; jobs that destroy them go on',
    names: [1, 1],
    run: async ({ names: [id = ''] }, { client }) => {
      await client.call(`Building/Deprovision/${encodeURIComponent(id)}/cancel`);
      return { json: { id }, text: `cancelled ${id}` };
    },
  },
};
