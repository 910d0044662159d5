import type { Catalogue, EventMessage, EventSource, Model, NamedObject } from '#api';
import { boundTo, may, permissionFor, restrictedFields } from '#api';
import type { Caller } from '#kernel';
import { MASK } from '#kernel';
import type { EventSelection } from './event-selection.ts';
import { isSelected } from './event-selection.ts';
import { servesSite } from './feed-adapter.ts';

interface Parts {
  readonly feed: Pick<EventSource, 'matches' | 'models'>;
  readonly catalogue: Catalogue;
}

/** Public events as callers are told them: nobody is told of an object that they may not see. */
export class ToldEvents {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** An event as a caller is told it; undefined: it is not selected, or not for them. */
  tell(
    caller: Caller,
    selection: EventSelection,
    message: EventMessage,
  ): Readonly<Record<string, unknown>> | undefined {
    const { feed, catalogue } = this.#parts;
    const model = catalogue.model(message.object.model);
    if (!model || !this.#shows(caller, model, message.site)) return undefined;
    const objects = this.#objects(caller, message);
    const family = (path: string) => catalogue.family(path);
    if (!isSelected(selection, message, objects, { matches: feed.matches, family })) return undefined;
    return { ...message.event, data: dataFor(caller, model, message.data), objects };
  }

  /** The objects that a caller may see; who is bound to sites is told of the one that the event is about. */
  #objects(caller: Caller, { object, objects }: EventMessage): readonly NamedObject[] {
    if (boundTo(caller)) return [object];
    return objects.filter((one) => {
      const model = this.#parts.catalogue.model(one.model);
      return model !== undefined && may(caller, permissionFor(model, 'view'));
    });
  }

  #shows(caller: Caller, model: Model, site: string | null): boolean {
    if (!may(caller, permissionFor(model, 'view'))) return false;
    if (!boundTo(caller)) return true;
    return site === null ? model.sites === 'none' : servesSite(caller, site);
  }

  /** Whether a caller may be told anything of what it asks for; each event is looked at when it is told. */
  may(caller: Caller, { site, model }: Partial<EventSelection>): boolean {
    const { feed, catalogue } = this.#parts;
    if (site !== undefined && !servesSite(caller, site)) return false;
    const about = catalogue.models.filter(({ path }) =>
      model === undefined ? feed.models.includes(catalogue.family(path)) : path === model,
    );
    return about.some((one) => may(caller, permissionFor(one, 'view')));
  }
}

/** Whether a selection may want events of a kind. */
export const wantsOf =
  ({ kinds }: EventSelection, { matches }: Pick<EventSource, 'matches'>) =>
  (kind: string): boolean =>
    kinds.some((pattern) => matches(pattern, kind));

/** What an event says, without what takes a permission of its own to be seen of its object. */
function dataFor(caller: Caller, model: Model, data: EventMessage['data']): unknown {
  const said = data as Readonly<Record<string, unknown>> | null;
  const hidden = restrictedFields(model)
    .filter(({ shownTo }) => !may(caller, shownTo))
    .map(({ name }) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()))
    .filter((name) => said !== null && Object.hasOwn(said, name));
  return hidden.length === 0 ? data : { ...said, ...Object.fromEntries(hidden.map((name) => [name, MASK])) };
}
