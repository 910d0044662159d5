import { open, unlink } from 'node:fs/promises';
import type { Meta, Position, StoredEvent } from '#event-store';
import type { VerifiedLog } from '#integrity';
import { verifyLog } from '#integrity';
import type { Json } from '#kernel';
import { maskSecrets } from '#kernel';
import { masked } from '#runtime';
import type { Environment } from '#runtime/settings';
import { peopleOf } from '../people-of.ts';
import type { OutsideFiles } from './checkpoint-tools.ts';
import { knownHere, outsideKnowledge } from './checkpoint-tools.ts';
import type { OpenData } from './open-data.ts';
import { requireLog, withData } from './open-data.ts';

/** How many events are read at once. */
const PAGE = 500;

/** Which events are wanted. */
export interface LogQuery {
  /** Behind this position. */
  readonly after: Position;
  /** Up to this one, and no further. */
  readonly until: Position | undefined;
  readonly stream: string | undefined;
  readonly types: readonly string[];
  /** At most so many. */
  readonly limit: number;
}

/** An event for people: secrets are masked. */
export interface ShownEvent {
  readonly position: string;
  readonly at: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly actor: string;
  readonly command: string | undefined;
  readonly reason: string | undefined;
  readonly data: unknown;
}

/** What tools tell while they are at work, and when they are to give up. */
export interface ToolRun {
  readonly onProgress?: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Reads events of the log by the settings of a server, in their order; with the names of people, where their key is here. */
export const readLog = (env: Environment, query: LogQuery): Promise<readonly ShownEvent[]> =>
  withData(env, {}, async (data) => {
    await requireLog(data);
    const found: ShownEvent[] = [];
    for await (const events of eventsOf(data, query)) {
      for (const event of events) {
        if (!isWanted(event, query)) continue;
        found.push(shown(event));
        if (found.length >= query.limit) return named(found, data);
      }
    }
    return named(found, data);
  });

/** Events with the names of people in the places of the ids that stand for them. */
async function named(events: readonly ShownEvent[], { settings, pool }: OpenData): Promise<readonly ShownEvent[]> {
  const people = await peopleOf(settings, pool);
  if (!people) return events;
  return JSON.parse(await people.shown(JSON.stringify(events))) as readonly ShownEvent[];
}

async function* eventsOf(
  { log, elsewhere }: OpenData,
  { stream, after, until }: LogQuery,
): AsyncGenerator<readonly StoredEvent[]> {
  if (stream !== undefined) {
    for (let from = 0; ;) {
      const events = await log.readStream(stream, { from, limit: PAGE });
      if (events.length === 0) return;
      from = (events.at(-1)?.revision ?? from) + 1;
      yield events;
    }
  }
  // A log elsewhere cannot be read from anywhere, but from its begin.
  for (let at = elsewhere ? 0n : after; ;) {
    const { events, end } = await log.readAll(at, { limit: PAGE });
    if (end === at || (until !== undefined && at >= until)) return;
    at = end;
    yield events;
  }
}

const isWanted = ({ position, type }: StoredEvent, { after, until, types }: LogQuery): boolean =>
  position > after && (until === undefined || position <= until) && (types.length === 0 || types.includes(type));

function shown({ position, type, stream, revision, id, data, meta }: StoredEvent): ShownEvent {
  const { at, actor, command, reason } = JSON.parse(meta) as Meta;
  const plain = masked(maskSecrets(JSON.parse(data) as Json));
  return { position: position.toString(), at, type, stream, revision, id, actor, command, reason, data: plain };
}

/** What a check of the log has found; its position is a text, as JSON has no numbers of that size. */
export interface CheckedLog extends Omit<VerifiedLog, 'head'> {
  readonly head: string;
}

/**
 * Checks every event of the log by the settings of a server, which may run: see `verifyLog`.
 * @param outside what the caller knows of the log; what this machine knows counts, too
 */
export const checkLog = (
  env: Environment,
  { onProgress, signal, ...files }: ToolRun & Partial<OutsideFiles> = {},
): Promise<CheckedLog> =>
  withData(env, {}, async (data) => {
    await requireLog(data);
    const given = await outsideKnowledge({ checkpoints: files.checkpoints ?? [], key: files.key });
    const here = await (await knownHere(data))?.read();
    const outside = { ...given, checkpoints: [...(here ? [here] : []), ...(given.checkpoints ?? [])] };
    const { log, pool, settings } = data;
    const { head, ...found } = await verifyLog({ log, pool, adapter: settings.eventStore.eventStore }, outside, {
      onProgress: ({ events, position, head: end }) => onProgress?.(progressText(events, position, end)),
      signal,
    });
    return { ...found, head: head.toString() };
  });

/** Writes the events of the log to the letter into a file that is not there yet, a line of JSON each. @returns how many */
export const exportLog = (
  env: Environment,
  { file, after, until, onProgress, signal }: ToolRun & Pick<LogQuery, 'after' | 'until'> & { readonly file: string },
): Promise<number> =>
  withData(env, {}, async (data) => {
    await requireLog(data);
    const end = until ?? (await data.log.head());
    const handle = await open(file, 'wx', 0o600);
    let count = 0;
    try {
      const query = { stream: undefined, after, until: end, types: [], limit: Number.POSITIVE_INFINITY };
      for await (const events of eventsOf(data, query)) {
        signal?.throwIfAborted();
        const wanted = events.filter((event) => isWanted(event, query));
        if (wanted.length > 0) await handle.writeFile(wanted.map(exportLine).join(''));
        count += wanted.length;
        onProgress?.(progressText(count, events.at(-1)?.position ?? end, end));
      }
      await handle.sync();
    } catch (error) {
      await unlink(file);
      throw error;
    } finally {
      await handle.close();
    }
    return count;
  });

/** Data and metadata stand in the line as they stand in the log, so that hashes can be worked out from it. */
function exportLine({ position, stream, revision, id, type, data, meta }: StoredEvent): string {
  const head = JSON.stringify({ position: position.toString(), stream, revision, id, type }).slice(0, -1);
  return `${head},"data":${data},"meta":${meta}}\n`;
}

const progressText = (events: number, at: Position, head: Position): string =>
  `${events} events, ${head === 0n ? 100 : Math.min(100, Math.floor((Number(at) / Number(head)) * 100))} %`;
