import type { Asked, Command, Result, Tools } from './command.ts';
import { Misuse, told } from './command.ts';
import { structureId } from './nouns/lookups.ts';
import type { RestClient, Values } from './rest-client.ts';

/** What a command works on: `-f LOCATOR`, `-s ID` (or `-s SITE/HOST`) or `-d ID`. */
interface Target {
  readonly kind: 'Foundation' | 'Structure' | 'Dependency';
  readonly id: string;
}

const TARGET_OPTIONS: NonNullable<Command['options']> = {
  foundation: {
    type: 'string',
    short: 'f',
    value: 'LOCATOR',
    does: 'this foundation',
    completes: { model: 'Building/Foundation' },
  },
  structure: {
    type: 'string',
    short: 's',
    value: 'ID',
    does: 'this structure: its number, host name or SITE/HOST',
    completes: { model: 'Building/Structure' },
  },
  dependency: {
    type: 'string',
    short: 'd',
    value: 'ID',
    does: 'this dependency',
    completes: { model: 'Building/Dependency' },
  },
};

const KINDS = [
  ['Foundation', 'foundation'],
  ['Structure', 'structure'],
  ['Dependency', 'dependency'],
] as const;

/** @throws Misuse unless exactly one is named; Error where there is no such structure */
async function targetOf({ options }: Asked, client: RestClient): Promise<Target> {
  const named = KINDS.flatMap(([kind, option]): Target[] => {
    const id = options[option];
    return typeof id === 'string' ? [{ kind, id }] : [];
  });
  const [target] = named;
  if (!target || named.length > 1) throw new Misuse('say what: -f LOCATOR, -s ID or -d ID');
  return target.kind === 'Structure' ? { ...target, id: await structureId(client, target.id) } : target;
}

const pathOf = ({ kind, id }: Target): string => `Building/${kind}/${encodeURIComponent(id)}`;
const nameOf = ({ kind, id }: Target): string => `${kind} ${id}`;

/** The id of the job at work on something; undefined: there is none. */
async function jobOf(client: RestClient, target: Target): Promise<string | undefined> {
  const job = (await client.call(`${pathOf(target)}/getJob`)) as number | null;
  return job?.toString();
}

/** What is done with the job of something, by the words for it: the action, and what has been done then. */
const JOB_TASKS = {
  pause: ['pause', 'paused'],
  resume: ['resume', 'resumed'],
  reset: ['reset', 'reset'],
  rollback: ['rollback', 'rolled back'],
  done: ['done', 'taken for done'],
  'clear-job': ['cancel', 'deleted'],
  'clear-dispatched': ['clearDispatched', 'free to send its task again'],
} as const;

async function onJob(client: RestClient, target: Target, task: keyof typeof JOB_TASKS): Promise<Result> {
  const [action, done] = JOB_TASKS[task];
  const id = await jobOf(client, target);
  if (id === undefined) throw new Error(`${nameOf(target)} has no job`);
  await client.call(`Foreman/BaseJob/${id}/${action}`);
  return told(`job ${id} of ${nameOf(target)} is ${done}`, { job: Number(id) });
}

const STATES: readonly string[] = ['planned', 'located', 'built'];

async function force(client: RestClient, target: Target, state: string): Promise<Result> {
  if (state === 'located' && target.kind !== 'Foundation') throw new Misuse('only foundations are located');
  await client.call(`${pathOf(target)}/force`, { state });
  return told(`${nameOf(target)} is now ${state}`, { ...target, state });
}

/** Makes jobs, and tells their ids. */
function made(target: Target, what: string, jobs: readonly (readonly [Target, unknown])[]): Result {
  const ids = jobs.flatMap(([, id]) => (id === null || id === undefined ? [] : [Number(id)]));
  const lines = jobs.map(([one, id]) =>
    id === null || id === undefined
      ? `${nameOf(one)}: nothing to run`
      : `${what} job for ${nameOf(one)}: ${textOf(id)}`,
  );
  return { json: { target: target.id, jobs: ids }, text: lines.join('\n'), jobs: ids };
}

async function create(client: RestClient, target: Target, chain: boolean): Promise<Result> {
  if (chain && target.kind !== 'Foundation') throw new Misuse('--chain goes with a foundation');
  const jobs: [Target, unknown][] = [[target, await client.call(`${pathOf(target)}/doCreate`)]];
  const on = chain ? (await client.get(pathOf(target)))['structure'] : null;
  if (typeof on === 'number') {
    const standing: Target = { kind: 'Structure', id: String(on) };
    jobs.push([standing, await client.call(`${pathOf(standing)}/doCreate`)]);
  }
  return made(target, 'create', jobs);
}

async function showJob(client: RestClient, target: Target): Promise<Result> {
  const id = await jobOf(client, target);
  if (id === undefined) return told('No Job');
  const job = await client.get(`Foreman/${target.kind}Job/${id}`);
  const variables = await client.call(`Foreman/BaseJob/${id}/jobRunnerVariables`);
  const state = (await client.call(`Foreman/BaseJob/${id}/jobRunnerState`)) as Values;
  const { _links, ...fields } = job;
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${textOf(value)}`);
  const all = Object.entries((variables ?? {}) as Values).map(([name, value]) => `  ${name} = ${textOf(value)}`);
  return {
    json: { ...fields, variables, runner: state },
    text: [...lines, 'variables:', ...all, `at line ${textOf(state['cur_line'])}`].join('\n'),
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** The tasks and states that the former operator's tool had, in the order in which it looked for them. */
const TASKS: Readonly<Record<string, (asked: Asked, client: RestClient, target: Target) => Promise<Result>>> = {
  'do-create': ({ options }, client, target) => create(client, target, options['chain'] === true),
  'do-destroy': async (_, client, target) =>
    made(target, 'destroy', [[target, await client.call(`${pathOf(target)}/doDestroy`)]]),
  'run-script': async ({ options }, client, target) => {
    const script = String(options['run-script']);
    return made(target, `"${script}"`, [[target, await client.call(`${pathOf(target)}/doJob`, { name: script })]]);
  },
  ...Object.fromEntries(
    (Object.keys(JOB_TASKS) as (keyof typeof JOB_TASKS)[]).map((task) => [
      task,
      (_: Asked, client: RestClient, target: Target) => onJob(client, target, task),
    ]),
  ),
  'show-job': (_, client, target) => showJob(client, target),
  'show-config': async (_, client, target) => {
    const config = await client.call(`${pathOf(target)}/getConfig`);
    return told(JSON.stringify(config, null, 2), config);
  },
  delete: async (_, client, target) => {
    await client.delete(pathOf(target));
    return told(`${nameOf(target)} is deleted`, target);
  },
  planned: (_, client, target) => force(client, target, 'planned'),
  located: (_, client, target) => force(client, target, 'located'),
  built: (_, client, target) => force(client, target, 'built'),
};

const flag = (does: string) => ({ type: 'boolean', does }) as const;

/** Commands of operators who know better than the log; each is in the log like any other, under their own name. */
export const forceCommands: Readonly<Record<string, Command>> = {
  force: {
    usage: '(-f LOCATOR | -s ID | -d ID) planned|located|built|done|clear-job|clear-dispatched',
    does: 'take something as being in a state without a job, or its job for done; each needs a permission of its own',
    about: `planned, located (foundations only) and built: as if a job had made it so. What stands on a foundation that is
planned is gone with it.
done: its queued job has come to its end, and what the job is for is built, or planned. clear-job: its job ends wherever it
stands, and what it works on stays as it is. clear-dispatched: its queued task is sent again.`,
    names: [1, 1],
    needs: 'requires a state (planned, located, built), or done, clear-job or clear-dispatched',
    completes: [[...STATES, 'done', 'clear-job', 'clear-dispatched']],
    options: TARGET_OPTIONS,
    run: async (asked, { client }: Tools) => {
      const target = await targetOf(asked, client);
      const [what = ''] = asked.names;
      if (STATES.includes(what)) return force(client, target, what);
      if (Object.hasOwn(JOB_TASKS, what)) return onJob(client, target, what as keyof typeof JOB_TASKS);
      throw new Misuse(`"${what}" is none of planned, located, built, done, clear-job and clear-dispatched`);
    },
  },
  boss: {
    usage: '(-f LOCATOR | -s ID | -d ID) --do-create|--do-destroy|--built|…',
    does: 'what the operator tool of T3kton Contractor did, by its own options',
    names: [0, 0],
    makesJobs: true,
    options: {
      ...TARGET_OPTIONS,
      'do-create': flag('make its create job'),
      chain: flag('with --do-create of a foundation: that of its structure too'),
      'do-destroy': flag('make its destroy job'),
      'run-script': { type: 'string', value: 'NAME', does: 'make a job of this utility script' },
      pause: flag('pause its job'),
      resume: flag('let its job go on'),
      reset: flag('let its job try again'),
      rollback: flag('have its job undo the step it is at'),
      done: flag('take its queued job for done'),
      'clear-job': flag('end its job wherever it stands'),
      'clear-dispatched': flag('have its task sent again'),
      'show-job': flag('show its job'),
      'show-config': flag('show its configuration'),
      delete: flag('delete it'),
      planned: flag('take it as planned'),
      located: flag('take it as located'),
      built: flag('take it as built'),
      'notify-webhook': flag('is taken and does nothing: webhooks are told of every change'),
    },
    run: async (asked, { client }) => {
      const target = await targetOf(asked, client);
      const task = Object.keys(TASKS).find((name) => ![undefined, false].includes(asked.options[name] as undefined));
      if (task === undefined) throw new Misuse('unknown boss task');
      return TASKS[task]!(asked, client, target);
    },
  },
};
