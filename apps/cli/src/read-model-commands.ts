import { setTimeout as sleep } from 'node:timers/promises';
import type { Command, Tools } from './command.ts';
import { table, told } from './command.ts';
import type { Values } from './rest-client.ts';

/** Time between two looks at a rebuild, in milliseconds. */
const LOOK = 500;

/** How far a rebuild has come. */
interface Course {
  readonly id: string | null;
  readonly models: readonly string[];
  readonly events: number;
  /** Events per second. */
  readonly rate: number;
}

interface UnderWay extends Course {
  /** In seconds. */
  readonly remaining: number | null;
}

interface Ended extends Course {
  readonly outcome: 'done' | 'failed';
  readonly message: string | null;
  readonly by: string;
  readonly ended: string;
}

/** How the read models are, as far as the server tells. */
interface State {
  readonly projecting: boolean;
  readonly position: number;
  readonly head: number;
  readonly models: readonly Values[];
  readonly rebuild: UnderWay | null;
  readonly last: Ended | null;
}

const stateOf = async ({ client }: Pick<Tools, 'client'>): Promise<State> =>
  (await client.call('Records/ReadModel/state')) as State;

const counted = (models: readonly string[]): string =>
  models.length === 1 ? String(models[0]) : `${models.length} read models`;

/** How far a rebuild has come, in a line. */
export function courseText({ models, events, rate, remaining }: Omit<UnderWay, 'id'>): string {
  const left = remaining === null ? '' : `, ${remaining} s left`;
  return `${counted(models)}: ${events} events, ${rate}/s${left}`;
}

/** How the read models are, for a person. */
export function stateText({ projecting, position, head, models, rebuild, last }: State): string {
  const rows = table(models, {
    NAME: ({ name }) => name,
    VERSION: ({ version }) => version,
    QUARANTINED: ({ quarantined }) => quarantined ?? '?',
  });
  const lines = [
    `position ${position} of ${head}, kept by ${projecting ? 'this server' : 'another server'}`,
    ...(rebuild ? [`being made anew: ${courseText(rebuild)}`] : []),
    ...(last ? [`last rebuild: ${endText(last)} at ${last.ended} by ${last.by}`] : []),
  ];
  return [rows.text, '', ...lines].join('\n');
}

const endText = ({ outcome, message, models, events }: Ended): string =>
  `${counted(models)}, ${events} events, ${outcome}${message === null ? '' : ` (${message})`}`;

/** Shows how a rebuild goes on until it is over. @throws Error where the server knows nothing of it any more */
async function follow(id: string, tools: Tools): Promise<Ended> {
  for (;;) {
    const { rebuild, last } = await stateOf(tools);
    if (last?.id === id) {
      tools.progress.show(courseText({ ...last, remaining: 0 }));
      return last;
    }
    if (rebuild?.id !== id) throw new Error('the server knows nothing of the rebuild any more: it was started again');
    tools.progress.show(courseText(rebuild));
    await sleep(LOOK);
  }
}

/** Commands about what answers are read from. */
export const readModels: Readonly<Record<string, Command>> = {
  'read-models': {
    usage: '',
    does: 'show what answers are read from, how far it has come, and rebuilds',
    names: [0, 0],
    run: async (_, tools) => {
      const state = await stateOf(tools);
      return told(stateText(state), state);
    },
  },
  rebuild: {
    usage: '[MODEL…]',
    does: 'make read models anew from the log, all or those named; shows how far it has come',
    names: [0, Number.POSITIVE_INFINITY],
    run: async ({ names }, tools) => {
      const id = String(await tools.client.call('Records/ReadModel/rebuild', { models: names }));
      const ended = await follow(id, tools).finally(() => tools.progress.end());
      if (ended.outcome === 'failed') throw new Error(`the rebuild failed: ${ended.message}`);
      return told(`made anew: ${counted(ended.models)}, ${ended.events} events`, ended);
    },
  },
};
