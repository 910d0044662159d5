import { parseJson, pauseBetweenSlices, refuse, writeJson } from '#kernel';
import type { Key, View } from '#read-store';
import { keysFor } from '#read-store';
import { namesIn } from '../query/names-in.ts';
import type { Condition } from '../query/read-query.ts';
import { readQuery } from '../query/read-query.ts';
import { readAhead } from '../read-ahead.ts';
import type { Asked, Group } from './groups.ts';
import { sharedAhead } from './groups.ts';
import { narrowed } from './narrowed.ts';
import type { PreparedDocument } from './prepared-document.ts';
import { preparedDocument } from './prepared-document.ts';
import type { Projection } from './projection.ts';
import { readProjection } from './projection.ts';

/** How many documents one query answers with, at most, and how many it may look at. */
export const MAX_RESULTS = 10_000;
export const MAX_EXAMINED = 100_000;
/** How long a query may be, in characters, and how deep its JSON. */
export const MAX_QUERY_TEXT = 20_000;
const MAX_NESTING = 60;
/** How long it may take, in milliseconds, and how much it may answer, in characters of JSON. */
export const MAX_QUERY_MS = 30_000;
export const MAX_ANSWER = 32 * 1024 * 1024;
/** How many objects are worked on at a time. */
const SLICE = 250;

/** What is asked of a group, as clients say it: JSON texts. */
export interface RecorderQuery {
  readonly group: string;
  readonly query: string;
  readonly fields: string;
  readonly maxResults: number;
}

/** An object that is found, and what is shown of it. */
export interface Hit {
  readonly key: Key;
  readonly document: PreparedDocument;
}

/** Reads a JSON text of a query. @throws Refusal naming the field, in the words old clients know */
function readJson(field: string, text: string): unknown {
  if (text.length > MAX_QUERY_TEXT)
    throw refuse(field, 'TOO_LONG', `${field} has at most ${MAX_QUERY_TEXT} characters`);
  const brackets = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').match(/[[{]/g)?.length ?? 0;
  if (brackets > MAX_NESTING && depthOf(text) > MAX_NESTING) {
    throw refuse(field, 'TOO_DEEP', `${field} is nested at most ${MAX_NESTING} levels deep`);
  }
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw refuse(field, 'JSON', `${field} is not valid JSON: "${error.message}"`);
  }
}

/** How deep brackets are nested in a JSON text. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [mark] of text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').matchAll(/[[\]{}]/g)) {
    depth += mark === '[' || mark === '{' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** Searches the configurations of the objects of a group, in the order of their ids. @throws Refusal */
export class Recorder {
  readonly #groups: Readonly<Record<string, Group>>;

  constructor(groups: Readonly<Record<string, Group>>) {
    this.#groups = groups;
  }

  /** @throws Refusal where there is no such group */
  group(name: string): Group {
    const group = Object.hasOwn(this.#groups, name) ? this.#groups[name] : undefined;
    if (!group) throw refuse('group', 'CHOICE', `Unknown Collection type "${name}"`);
    return group;
  }

  async find(
    { group: name, query: text, fields, maxResults }: RecorderQuery,
    view: View,
    asked: Asked,
  ): Promise<Hit[]> {
    const group = this.group(name);
    if (maxResults < 0 || maxResults > MAX_RESULTS) {
      throw refuse('max_results', 'RANGE', `max_results must be from 0 to ${MAX_RESULTS}`);
    }
    const query = readJson('query', text);
    const search = {
      isWanted: readQuery(query),
      names: namesIn(query),
      shown: readProjection(readJson('fields', fields)),
    };
    const most = maxResults === 0 ? MAX_RESULTS : maxResults;
    const deadline = performance.now() + MAX_QUERY_MS;
    const shared = sharedAhead(view);
    const keys = await keysIn(group, query, view, asked);
    const hits: Hit[] = [];
    const pause = pauseBetweenSlices();
    let length = 0;
    for (let at = 0; at < keys.length && hits.length < most; at += SLICE) {
      const slice = keys.slice(at, at + SLICE);
      const ahead = readAhead(shared);
      await group.ahead(ahead, slice);
      for (const key of slice) {
        if (hits.length >= most) break;
        const document = await found(group, search, ahead, key, asked);
        if (document) {
          hits.push({ key, document });
          length += writeJson(document).length;
        }
        await pause();
      }
      if (length > MAX_ANSWER)
        throw refuse('fields', 'TOO_LARGE', `the answer has more than ${MAX_ANSWER} characters; ask for less fields`);
      if (performance.now() > deadline) {
        throw refuse(
          'query',
          'TOO_SLOW',
          `takes more than ${MAX_QUERY_MS / 1000} s; ask for less with ${hints(group, asked)}`,
        );
      }
    }
    return hits;
  }
}

/** What documents are looked for, and what is shown of them. */
interface Search {
  readonly isWanted: Condition;
  /** The names of the values that it looks at. */
  readonly names: ReadonlySet<string>;
  readonly shown: Projection;
}

/**
 * What is shown of an object; undefined: it is not wanted. Its configuration is rendered only where that may change what is
 * looked at or shown.
 */
async function found(
  { configuration, settled }: Group,
  { isWanted, names, shown }: Search,
  view: View,
  key: Key,
  asked: Asked,
): Promise<PreparedDocument | undefined> {
  const some = await settled?.(key, { ...asked, view }, names);
  if (some === null || (some && !isWanted(preparedDocument(key, some)))) return undefined;
  if (some && shown.names) {
    const told = await settled?.(key, { ...asked, view }, shown.names);
    if (told) return shown.of(preparedDocument(key, told));
  }
  const whole = await configuration(view, key, asked);
  const document = whole && preparedDocument(key, whole);
  return document && isWanted(document) ? shown.of(document) : undefined;
}

const hints = ({ indexes }: Group, { caller }: Asked): string => ['_id', ...Object.keys(indexes(caller))].join(', ');

/** The objects that are looked at. @throws Refusal where they are too many */
async function keysIn(group: Group, query: unknown, view: View, asked: Asked): Promise<readonly Key[]> {
  const { ids, where } = narrowed(query, group.indexes(asked.caller));
  if (ids !== undefined) {
    const found = await view.many(group.rows, keysFor(group.rows, ids));
    const kind = group.where['kind'];
    return [...found].flatMap(([key, row]) =>
      kind === undefined || group.rows.indexes['kind']?.(row) === kind ? [key] : [],
    );
  }
  const all = { ...group.where, ...where };
  const { keys, total } = await view.keys(group.rows, { where: all, count: MAX_EXAMINED });
  if (total > MAX_EXAMINED) {
    throw refuse(
      'query',
      'TOO_MANY',
      `is about ${total} objects, and at most ${MAX_EXAMINED} are looked at; ask for less with ${hints(group, asked)}`,
    );
  }
  return keys;
}
