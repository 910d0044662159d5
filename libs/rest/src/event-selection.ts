import type { Catalogue, EventMessage, EventSource, NamedObject } from '#api';
import { malformed } from './problem.ts';
import { PAGE_OF_EVENTS } from './event-page.ts';

/** How many patterns of kinds one request may name. */
export const MAX_PATTERNS = 50;

/** Which public events somebody follows: those that everything here is true of. */
export interface EventSelection {
  /** Patterns of kinds; at least one names the kind. */
  readonly kinds: readonly string[];
  /** Events at this site, or one within it. */
  readonly site: string | undefined;
  /** Events of what is made from this blueprint, or one that comes from it. */
  readonly blueprint: string | undefined;
  /** Events that touch an object of this model, or the one with this id. */
  readonly model: string | undefined;
  readonly id: string | undefined;
}

/** Names in the query of those who follow public events. */
export const EVENT_QUERY: readonly string[] = ['after', 'count', 'kind', 'site', 'blueprint', 'model', 'id'];

/** What the query asks for. @throws Problem */
export function eventSelectionIn(
  query: URLSearchParams,
  feed: Pick<EventSource, 'kinds' | 'matches'>,
  catalogue: Pick<Catalogue, 'model'>,
): EventSelection {
  const kinds = query.getAll('kind').flatMap((one) => one.split(','));
  if (kinds.length > MAX_PATTERNS) {
    throw malformed(`kind may name at most ${MAX_PATTERNS} patterns, not ${kinds.length}.`, 'kind', 'TOO_MANY');
  }
  for (const pattern of kinds) {
    if (feed.kinds.some((kind) => feed.matches(pattern, kind))) continue;
    const what = 'such as foundation.built, foundation.* or *.deleted';
    throw malformed(`kind: "${pattern}" is no kind of public event, ${what}.`, 'kind');
  }
  const [model, id] = [query.get('model') ?? undefined, query.get('id') ?? undefined];
  if (model !== undefined && !catalogue.model(model)) throw malformed(`model: there is no model ${model}.`, 'model');
  if (id !== undefined && model === undefined) throw malformed('id is given with its model.', 'id');
  return {
    kinds: kinds.length > 0 ? kinds : ['*'],
    site: query.get('site') ?? undefined,
    blueprint: query.get('blueprint') ?? undefined,
    model,
    id,
  };
}

/** What is selected, with the id by which its object is known inside. */
export async function selectedInside(
  selection: EventSelection,
  catalogue: Pick<Catalogue, 'model'>,
): Promise<EventSelection> {
  const { model = '', id } = selection;
  const known = id === undefined ? undefined : await catalogue.model(model)?.keyOf?.(id);
  return known === undefined ? selection : { ...selection, id: known };
}

/** How many events a page is to have. @throws Problem */
export function countIn(query: URLSearchParams): number {
  const text = query.get('count');
  const { usual, most } = PAGE_OF_EVENTS;
  if (text === null) return usual;
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > most) throw malformed(`count must be between 1 and ${most}, not ${text}.`, 'count', 'RANGE');
  return count;
}

/** Whether an event is among those that are selected. @param objects those of it that may be told */
export const isSelected = (
  { kinds, site, blueprint, model, id }: EventSelection,
  message: EventMessage,
  objects: readonly NamedObject[],
  { matches, family }: Pick<EventSource, 'matches'> & Pick<Catalogue, 'family'>,
): boolean =>
  kinds.some((pattern) => matches(pattern, message.kind)) &&
  (site === undefined || message.sites.includes(site)) &&
  (blueprint === undefined || message.blueprints.includes(blueprint)) &&
  (model === undefined ||
    objects.some((one) => family(one.model) === family(model) && (id === undefined || String(one.id) === id)));
