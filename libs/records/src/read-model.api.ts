import { defineModel, map, parameter, staticAction, text } from '#api';
import type { EventStore } from '#event-store';
import type { QuarantinedRow, ReadStore } from '#read-store';
import { RebuildReadModels } from './read-model.commands.ts';
import type { Ended, Rebuilds, UnderWay } from './rebuilds.ts';

/** How long the state waits for rows that are just being written. */
const WAIT_MS = 100;
/** How many rows in quarantine are told. */
const MAX_QUARANTINED = 200;

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
  /** Some of the rows that an event could not be folded into, with why. */
  readonly quarantine: readonly QuarantinedRow[];
  readonly rebuild: UnderWay | null;
  /** The last rebuild this server was asked for, since it was started. */
  readonly last: Ended | null;
}

/** What the state is found out by, besides the read models themselves. */
export interface ReadModelParts {
  readonly rebuilds: Rebuilds;
  readonly quarantined: (count: number) => Promise<readonly QuarantinedRow[]>;
}

async function stateOf(
  store: EventStore,
  { projector }: ReadStore,
  { rebuilds, quarantined: rowsIn }: ReadModelParts,
): Promise<ReadModelState> {
  const head = await store.head();
  // A server that stands by looks how far they are only when it waits.
  await projector.caughtUp(head, WAIT_MS);
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
    quarantine: await rowsIn(MAX_QUARANTINED),
    rebuild: rebuilds.underWay,
    last: rebuilds.last,
  };
}

/** The read models themselves, for those who operate the server. */
export const readModelModel = (store: EventStore, reads: ReadStore, parts: ReadModelParts) =>
  defineModel({
    path: 'Records/ReadModel',
    doc: 'What answers are read from: rows made from the log, which can be made anew.',
    protocols: ['rest'],
    fields: {},
    actions: {
      state: staticAction({
        doc: 'How the read models are: how far they have come, a rebuild under way, and how the last one ended.',
        parameters: {},
        returns: map(),
        permission: { grant: 'Records.view_readmodel' },
        sites: 'none',
        query: () => stateOf(store, reads, parts),
      }),
      rebuild: staticAction({
        doc: 'Begins to make read models anew from the log and answers with an id, by which `state` tells of it.',
        parameters: { models: parameter.text({ list: true, default: [], doc: 'Their names; none: all of them.' }) },
        returns: text(),
        permission: { grant: 'Records.can_rebuild' },
        command: ({ models }) => new RebuildReadModels(models),
      }),
    },
  });
