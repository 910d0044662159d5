import type { Action, Difference, Model, Span, Values } from '#api';
import { differences, NotFound, shownMoment } from '#api';
import type { Position } from '#event-store';
import type { Key } from '#read-store';
import type { Answer } from './answer.ts';
import { argumentsIn, headersOf, keyOf } from './operations.ts';
import type { ParsedRequest } from './parsed-request.ts';
import { historyPath } from './paths.ts';
import { malformed } from './problem.ts';
import { listingIn, OF_DIFFERENCES, wholeNumber } from './query.ts';
import { writeObject, writeValue } from './write-value.ts';

/** How many entries of a history are told unless asked for more, and how many at most. */
export const HISTORY_PAGE = { usual: 20, most: 200 } as const;

const ORDERS: readonly string[] = ['newest', 'oldest'];

/** What happened to an object: each event with who, when, on which request, why, and what it changed. */
export async function history(model: Model, id: string, parsed: ParsedRequest): Promise<Answer> {
  const { api, request, query } = parsed;
  const span = spanOf(parsed);
  const order = query.get('order') ?? 'newest';
  if (!ORDERS.includes(order)) throw malformed(`order must be one of ${ORDERS.join(', ')}.`, 'order');
  const count = wholeNumber(query, 'count', HISTORY_PAGE.usual, HISTORY_PAGE.most, 1);
  const newestFirst = order === 'newest';
  const key = keyOf(model, id, api);
  const entries = await api.history(model, key, { ...span, newestFirst, count }, request);
  const page = ({ from, to }: Span): { href: string } => {
    const other = new URLSearchParams(query);
    other.set('from', String(from));
    other.set('to', String(to));
    return { href: `${historyPath(model.path, key)}?${String(other)}` };
  };
  const last = entries.length === count ? entries.at(-1)?.event.position : undefined;
  const rest = last === undefined ? undefined : newestFirst ? { ...span, to: last - 1n } : { ...span, from: last };
  return {
    status: 200,
    headers: headersOf(span.to),
    body: {
      items: entries.map(({ event, change, differences: differ }) => ({
        position: Number(event.position),
        at: shownMoment(event.at),
        actor: event.actor,
        ...(event.token === undefined ? {} : { token: event.token }),
        request: event.request,
        reason: event.reason ?? null,
        command: event.command ?? null,
        event: event.type,
        change,
        differences: writtenDifferences(model, differ),
      })),
      _links: { self: page(span), ...(rest && rest.from <= rest.to ? { next: page(rest) } : {}) },
    },
  };
}

/** What is different of an object between two moments. */
export async function compareObjects(model: Model, id: string, parsed: ParsedRequest): Promise<Answer> {
  const span = spanOf(parsed);
  const { api, request } = parsed;
  const { change, differences: differ } = await api.compare(model, keyOf(model, id, api), span, request);
  return answered(span, { change, differences: writtenDifferences(model, differ) });
}

/** What is different of a list between two moments: what came to it, what went, and what has changed of the rest. */
export async function compareLists(model: Model, parsed: ParsedRequest): Promise<Answer> {
  const span = spanOf(parsed);
  const { api, request, query } = parsed;
  const { filter } = listingIn(query, model, api.catalogue, OF_DIFFERENCES);
  const { added, removed, changed } = await api.compareLists(model, filter, span, request);
  const objects = (found: ReadonlyMap<Key, Values>) =>
    Array.from(found, ([key, object]) => writeObject(model, key, object, api.catalogue));
  return answered(span, {
    added: objects(added),
    removed: objects(removed),
    changed: Array.from(changed, ([id, differ]) => ({ id, differences: writtenDifferences(model, differ) })),
  });
}

/**
 * What is different between the answers of an action as of two moments. Where its object is not there at one of them, all of
 * the answer of the other one is different. @throws NotFound where it is not there at either
 */
export async function compareCalls(
  model: Model,
  id: string | undefined,
  action: Action,
  parsed: ParsedRequest,
): Promise<Answer> {
  const span = spanOf(parsed);
  const { api, request, data } = parsed;
  const given = argumentsIn(action, data, api);
  const key = id === undefined ? undefined : keyOf(model, id, api);
  const answerAt = async (at: Position): Promise<unknown> => {
    const value =
      key === undefined
        ? (await api.callStatic(action, given, request, at)).value
        : (await api.callOn(model, action, [key], given, request, at)).value.get(key);
    return action.returns ? writeValue(action.returns, value) : null;
  };
  const ofNothing: NotFound[] = [];
  const orNothing = (error: unknown): undefined => {
    if (key === undefined || !(error instanceof NotFound)) throw error;
    ofNothing.push(error);
  };
  const before = await answerAt(span.from).catch(orNothing);
  const after = await answerAt(span.to).catch(orNothing);
  const [missing, ...both] = ofNothing;
  if (missing && both.length > 0) throw missing;
  return answered(span, { differences: differences(...sides(before, after)) });
}

/** Two answers; beside a map, or a text, one that there is none of is a map, or a text, with nothing in it. */
const sides = (before: unknown, after: unknown): [unknown, unknown] => [
  before === undefined ? emptied(after) : before,
  after === undefined ? emptied(before) : after,
];

function emptied(answer: unknown): unknown {
  if (typeof answer === 'string') return '';
  if (Array.isArray(answer)) return [];
  return typeof answer === 'object' && answer !== null ? {} : undefined;
}

function spanOf({ span }: ParsedRequest): Span {
  if (!span) throw new Error('what happens in a span of the log was asked for without one');
  return span;
}

const answered = ({ from, to }: Span, body: Values): Answer => ({
  status: 200,
  headers: headersOf(to),
  body: { from: Number(from), to: Number(to), ...body },
});

/** Differences of an object as they go over the wire: whole values of fields as the object shows them. */
export const writtenDifferences = ({ fields }: Model, found: readonly Difference[]): Difference[] =>
  found.flatMap((difference) => {
    const [name = '', ...inner] = difference.path;
    const field = fields[name];
    // What is not among the fields that are shown here is not told either.
    if (!field) return [];
    if (inner.length > 0 || difference.lines) return [difference];
    const sides = (['before', 'after'] as const).filter((side) => side in difference);
    return [{ ...difference, ...Object.fromEntries(sides.map((side) => [side, writeValue(field, difference[side])])) }];
  });
