import type { Model } from '#api';
import type { AppContext } from '#runtime';
import type { Ended, UnderWay } from './rebuilds.ts';
import { Rebuilds } from './rebuilds.ts';

/** How long the state waits for rows that are just being written, in milliseconds. */
const GLANCE = 100;

/** How the read models are, as far as the server that is asked knows. */
export interface ReadModelState {
  /** Whether this server keeps them. */
  readonly projecting: boolean;
  /** Position of the log they have come to. */
  readonly position: number;
  /** Position the log has come to. */
  readonly head: number;
  readonly models: readonly {
    readonly name: string;
    readonly version: number;
    /** Rows that an event could not be folded into; null: only the server that projects knows. */
    readonly quarantined: number | null;
  }[];
  readonly rebuild: UnderWay | null;
  /** The last rebuild this server was asked for, since it was started. */
  readonly last: Ended | null;
}

async function stateOf({ store, reads: { projector } }: AppContext, rebuilds: Rebuilds): Promise<ReadModelState> {
  const head = await store.head();
  // A server that stands by looks how far they are only when it waits.
  await projector.caughtUp(head, GLANCE);
  const { leading, models, quarantined, reached } = projector;
  return {
    projecting: leading,
    position: Number(reached),
    head: Number(head),
    models: models.map(({ name, version }) => ({
      name,
      version,
      quarantined: leading ? (quarantined.get(name)?.size ?? 0) : null,
    })),
    rebuild: rebuilds.underWay,
    last: rebuilds.last,
  };
}

/** The read models themselves, for those who operate the server. */
export function readModelModel(ground: AppContext): Model {
  const rebuilds = new Rebuilds(ground);
  return {
    path: 'Records/ReadModel',
    doc: 'What answers are read from: rows made from the log, which can be made anew.',
    protocols: ['rest'],
    fields: {},
    actions: {
      state: {
        static: true,
        doc: 'How the read models are: how far they have come, a rebuild under way, and how the last one ended.',
        parameters: {},
        returns: { type: { kind: 'Map' } },
        permission: { grant: 'Records.view_readmodel' },
        run: { freely: () => stateOf(ground, rebuilds) },
      },
      rebuild: {
        static: true,
        doc: 'Begins to make read models anew from the log and answers with an id, by which `state` tells of it.',
        parameters: {
          models: { type: { kind: 'String' }, list: true, default: [], doc: 'Their names; none: all of them.' },
        },
        returns: { type: { kind: 'String' } },
        permission: { grant: 'Records.can_rebuild' },
        run: { freely: async (_, { models }, { metadata }) => rebuilds.begin(models as readonly string[], metadata) },
      },
    },
  };
}
