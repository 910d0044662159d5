import type { Asked, Command, Result, Tools } from '../command.ts';
import { told } from '../command.ts';
import type { Query, RestClient, Values } from '../rest-client.ts';
import { Refused } from '../rest-client.ts';
import { foundation, structure } from './buildings.ts';
import { BY_SITE } from './filters.ts';
import { known } from './known-models.ts';
import type { Noun } from './noun.ts';
import { commandsOf, idIn, ofOne, PAGING, pageOf, pathOf, plain, queryOf } from './noun.ts';
import type { Cells } from './render.ts';
import { detailed, keyValues, listed } from './render.ts';

const KINDS = ['foundation', 'structure', 'dependency'] as const;
type Kind = (typeof KINDS)[number];

const modelOf = (kind: Kind): string => `Foreman/${kind.charAt(0).toUpperCase()}${kind.slice(1)}Job`;

/** Why a job does not move, in words. */
const reasons = ({ conditions }: Values): unknown =>
  (conditions as readonly Values[]).map(({ name }) => String(name)).join(', ');

/** How far the script has come; the status begins with it, in the words of Python. */
function percent({ status }: Values): unknown {
  const [, text] = /^\[\[(\d+(?:\.\d+)?)/.exec(String(status)) ?? [];
  return text === undefined ? null : `${Math.floor(Number(text))} %`;
}

const targetOf = (job: Values): unknown => {
  const kind = KINDS.find((one) => job[one] !== undefined);
  return kind === undefined ? null : `${kind} ${String(job[kind])}`;
};

const nounOf = (kind: Kind): Noun => ({
  words: `job ${kind}`,
  model: modelOf(kind),
  called: [`a job on a ${kind}`, `jobs on ${kind === 'dependency' ? 'dependencies' : `${kind}s`}`],
  id: 'JOB',
  needs: 'requires a Job Id Argument',
  list: {
    ID: 'id',
    SITE: 'site',
    [kind.toUpperCase()]: kind,
    STATE: 'state',
    DONE: percent,
    SCRIPT: 'script_name',
    MESSAGE: 'message',
    CREATED: 'created',
    UPDATED: 'updated',
  },
  get: {
    Id: 'id',
    Site: 'site',
    [`${kind.charAt(0).toUpperCase()}${kind.slice(1)}`]: kind,
    Script: 'script_name',
    State: 'state',
    Done: percent,
    Message: 'message',
    'Can Start': 'can_start',
    Waits: reasons,
    Created: 'created',
    Updated: 'updated',
  },
  filters: BY_SITE,
  verbs: ['list', 'get'],
});

/** The model of jobs of any kind. */
export const ANY_JOB = 'Foreman/BaseJob';
/** Completes the ids of jobs of any kind: of foundations, because jobs of all kinds cannot be listed at once. */
const ANY_KIND = modelOf('foundation');

/** What commands on one job have in common. @param listed the model whose ids are completed */
const oneJob = (listed: string) =>
  ({
    names: [1, 1],
    needs: 'requires a Job Id Argument',
    completes: [{ model: listed }],
  }) satisfies Partial<Command>;

/** A script with its lines numbered and the one marked at which it stands. */
const numbered = (source: string, current: number): string[] => {
  const lines = source.trimEnd().split('\n');
  const width = String(lines.length).length;
  return lines.map((line, n) =>
    `${n + 1 === current ? '->' : '  '} ${String(n + 1).padStart(width)}  ${line}`.trimEnd(),
  );
};

async function stateOf({ names: [id] }: Asked, { client }: Tools): Promise<Result> {
  const [state, variables] = [
    (await client.call(pathOf(ANY_JOB, id, 'jobRunnerState'))) as Values,
    (await client.call(pathOf(ANY_JOB, id, 'jobRunnerVariables'))) as Values,
  ];
  const line = Number(state['cur_line']);
  const text = [
    ...Object.keys(variables)
      .toSorted()
      .map((name) => `- ${name}: ${String(variables[name])}`),
    `Script State:   ${JSON.stringify(state['state'])}`,
    `Script Line No: ${line}`,
    '-- Script --',
    ...numbered(String(state['script']), line),
  ].join('\n');
  return { json: { ...state, variables }, text };
}

async function variablesOf({ names: [id] }: Asked, { client }: Tools): Promise<Result> {
  return keyValues((await client.call(pathOf(ANY_JOB, id, 'jobRunnerVariables'))) as Values);
}

const stateCommand = (listed: string): Command => ({
  usage: 'JOB',
  does: 'show the script of a job, where it stands, and what it knows',
  ...oneJob(listed),
  run: stateOf,
});
const variablesCommand = (listed: string): Command => ({
  usage: 'JOB',
  does: 'show what the script of a job knows',
  ...oneJob(listed),
  run: variablesOf,
});

/** Calls an action of jobs that were named. */
const acting = (model: string, action: string, done: string, does: string): Command => ({
  usage: 'JOB…',
  does,
  ...oneJob(model === ANY_JOB ? ANY_KIND : model),
  names: [1, Number.POSITIVE_INFINITY],
  run: async ({ names }, { client }) => {
    for (const id of names) await client.call(pathOf(model, id, action));
    return told(`${done} ${names.join(', ')}`, names);
  },
});

/** What can be done with the jobs of a model. */
export const jobActions = (words: string, model: string): Readonly<Record<string, Command>> => ({
  [`${words} pause`]: acting(model, 'pause', 'paused', 'pause queued jobs'),
  [`${words} resume`]: acting(model, 'resume', 'resumed', 'let paused jobs go on'),
  [`${words} reset`]: acting(model, 'reset', 'reset', 'let jobs in error try again'),
  [`${words} rollback`]: acting(
    model,
    'rollback',
    'rolled back',
    'have jobs in error undo the step they are at, and do it again',
  ),
  [`${words} cancel`]: acting(
    model,
    'cancel',
    'cancelled',
    'end jobs wherever they stand; what they work on stays as it is',
  ),
});

const ofKind = (kind: Kind): Readonly<Record<string, Command>> => ({
  ...commandsOf(nounOf(kind)),
  [`job ${kind} state`]: stateCommand(modelOf(kind)),
  [`job ${kind} vars`]: variablesCommand(modelOf(kind)),
  ...jobActions(`job ${kind}`, modelOf(kind)),
});

/** A job of whichever kind, and what kind it is. */
async function jobCalled(client: RestClient, id: string): Promise<readonly [Kind, Values]> {
  for (const kind of KINDS) {
    try {
      return [kind, await client.get(pathOf(modelOf(kind), id))];
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 404) throw error;
    }
  }
  throw new Error(`there is no job ${id} under way ("contractor job log" tells what was done)`);
}

const LOG: Cells = {
  JOB: 'job_id',
  SITE: 'site',
  TARGET: ({ target_class: kind, target_description: target }) => `${String(kind)} ${String(target)}`,
  SCRIPT: 'script_name',
  'CREATED BY': 'creator',
  'STARTED AT': 'started_at',
  'FINISHED AT': 'finished_at',
  'CANCELED BY': 'canceled_by',
  'CANCELED AT': 'canceled_at',
};

const logOf = (noun: Noun, target: string): Command => ({
  usage: `${noun.id} [--limit N] [--offset N]`,
  does: `list what was done to ${noun.called[0]}: the jobs that are over, and those under way`,
  ...ofOne(noun),
  options: PAGING,
  run: async (asked, { client }) => {
    const id = await idIn(noun, asked, client);
    const query = { ...queryOf(asked, {}), filter: target, [target]: id };
    return listed(await client.list('Foreman/JobLog', query, pageOf(asked)), LOG);
  },
});

/** Jobs on one foundation or structure. */
const onTarget = (noun: Noun, target: string): Readonly<Record<string, Command>> => {
  const start = (action: string, does: string, named = false): Command => ({
    usage: `${noun.id}${named ? ' SCRIPT' : ''}`,
    does,
    ...ofOne(noun),
    ...(named ? { names: [2, 2], needs: noun.needs.replace(' argument', ' and Utility Job Name argument') } : {}),
    makesJobs: true,
    run: async (asked, { client }) => {
      const path = pathOf(noun.model, await idIn(noun, asked, client), action);
      const { value: id, note } = await client.create(path, named ? { name: asked.names[1] } : {});
      const text = `created job ${String(id)}${typeof note === 'string' ? `: ${note}` : ''}`;
      return { ...told(text, { id, ...(note === undefined ? {} : { note }) }), jobs: [Number(id)] };
    },
  });
  return {
    [`${noun.words} job id`]: {
      usage: noun.id,
      does: `show which job is at work on ${noun.called[0]}`,
      ...ofOne(noun),
      run: async (asked, { client }) => {
        const id = await client.call(pathOf(noun.model, await idIn(noun, asked, client), 'getJob'));
        return (id ?? null) === null ? told('No Job') : told(`Id:\t${String(id)}`, { id });
      },
    },
    [`${noun.words} job do-create`]: start('doCreate', `have ${noun.called[0]} built`),
    [`${noun.words} job do-destroy`]: start('doDestroy', `have ${noun.called[0]} destroyed`),
    [`${noun.words} job do-utility`]: start('doJob', `run a utility script on ${noun.called[0]}`, true),
    [`${noun.words} joblog`]: logOf(noun, target),
  };
};

/** Commands about jobs. */
export const jobNouns: Readonly<Record<string, Command>> = {
  ...onTarget(foundation, 'foundation'),
  ...onTarget(structure, 'structure'),
  ...ofKind('foundation'),
  ...ofKind('structure'),
  ...ofKind('dependency'),
  'job list': known('Foreman/FoundationJob', {
    usage: '[SITE] [--limit N] [--offset N]',
    does: 'list jobs under way, of all sites or of one',
    names: [0, 1],
    completes: [{ model: 'Site/Site' }],
    options: { site: plain(BY_SITE.site), ...PAGING },
    run: async (asked, { client }) => {
      const site = asked.names[0] ?? asked.options['site'];
      const query: Query = typeof site === 'string' ? { filter: 'site', site } : {};
      const lists = await Promise.all(KINDS.map((kind) => client.list(modelOf(kind), query)));
      const { from, most = Infinity } = pageOf(asked);
      const all = lists.flat().toSorted((one, other) => Number(one['id']) - Number(other['id']));
      return listed(all.slice(from, from + most), {
        ID: 'id',
        SITE: 'site',
        TARGET: targetOf,
        SCRIPT: 'script_name',
        STATE: 'state',
        DONE: percent,
        MESSAGE: 'message',
      });
    },
  }),
  'job get': {
    usage: 'JOB',
    does: 'show a job under way',
    ...oneJob(ANY_KIND),
    run: async ({ names: [id = ''] }, { client }) => {
      const [kind, job] = await jobCalled(client, id);
      return detailed(job, nounOf(kind).get);
    },
  },
  'job state': stateCommand(ANY_KIND),
  'job vars': variablesCommand(ANY_KIND),
  'job log': known('Foreman/JobLog', {
    usage: '[--site SITE] [--limit N] [--offset N]',
    does: 'list what was built, destroyed and done, by whom and when',
    aliases: ['job logs'],
    names: [0, 0],
    watches: true,
    options: { site: plain(BY_SITE.site), ...PAGING },
    run: async (asked, { client }) =>
      listed(await client.list('Foreman/JobLog', queryOf(asked, BY_SITE), pageOf(asked)), LOG),
  }),
};
