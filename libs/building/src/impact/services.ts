import type { Shaped } from '#api';
import { shape } from '#api';
import { pauseBetweenSlices } from '#kernel';
import type { View, Where } from '#read-store';
import { structures } from '../structure/structures.ts';
import { idOf, needsOf, nodeFields, nodesOf, shownNode } from './nodes.ts';
import type { Node } from './nodes.ts';
import { rememberingView } from './remembering-view.ts';

/** The largest number of resources that are named of a service, and of services that are named of a site. */
export const MAX_RESOURCES = 10_000;
const MAX_SERVICES = 1000;

/** What a service is made of, and what carries it. */
export const serviceShape = shape.record({
  service: shape.text(),
  states: shape.byKey(shape.count(), 'How many of its structures are in each state.'),
  structures: shape.list(shape.record(nodeFields), 'Its structures: those with the label `service`.'),
  carriers: shape.list(
    shape.record({
      ...nodeFields,
      needed_by: shape.list(shape.text(), 'What needs it: ids of its structures or of other carriers.'),
    }),
    'What these stand on and wait for: foundations, dependencies, complexes, and what carries those; the nearest first.',
  ),
  elsewhere: shape.count('How many more carriers are at sites that the caller is not told of.'),
  more: shape.flag('Whether there is more than is named.'),
});

export type ServiceResources = Shaped<typeof serviceShape>;

/**
 * The structures of a service, and all that carries them.
 * @param where conditions on its structures
 * @param bound the sites that may be told of; undefined: all
 */
export async function resourcesOf(
  now: View,
  service: string,
  where: Where,
  bound?: readonly string[],
): Promise<ServiceResources> {
  const view = rememberingView(now);
  const pause = pauseBetweenSlices();
  const { keys, total } = await view.keys(structures, { where: { ...where, service }, count: MAX_RESOURCES });
  const parts = await nodesOf(
    view,
    keys.map((key) => idOf('s', key)),
  );
  const neededBy = new Map<string, string[]>();
  const carriers = new Map<string, Node>();
  let more = total > keys.length;
  for (let level = parts; level.size > 0;) {
    const next = new Set<string>();
    for (const [id, part] of level) {
      await pause();
      for (const below of needsOf(part)) {
        const known = neededBy.get(below);
        if (known) known.push(id);
        else if (neededBy.size >= MAX_RESOURCES) more = true;
        else {
          neededBy.set(below, [id]);
          if (!parts.has(below)) next.add(below);
        }
      }
    }
    level = await nodesOf(view, [...next]);
    for (const [id, node] of level) carriers.set(id, node);
  }
  const seen = new Map([...carriers].filter(([, { site }]) => bound?.includes(site) !== false));
  const states: Record<string, number> = {};
  for (const { entry } of parts.values()) states[entry.state] = (states[entry.state] ?? 0) + 1;
  return {
    service,
    states,
    structures: [...parts].map(([id, node]) => shownNode(id, node)),
    carriers: [...seen].map(([id, node]) => ({
      ...shownNode(id, node),
      needed_by: (neededBy.get(id) ?? []).filter((one) => parts.has(one) || seen.has(one)),
    })),
    elsewhere: carriers.size - seen.size,
    more,
  };
}

/** The services that structures are part of, by name. */
export const servicesShape = shape.record({
  services: shape.list(
    shape.record({
      service: shape.text(),
      total: shape.count('How many structures it has here.'),
      states: shape.byKey(shape.count(), 'How many of them are in each state.'),
    }),
  ),
  without: shape.count('How many structures are part of no service.'),
  more: shape.flag('Whether there are more services than are named.'),
});

/** The services of those structures that fulfil conditions. */
export async function servicesIn(view: View, where: Where): Promise<Shaped<typeof servicesShape>> {
  const services = new Map<string, Record<string, number>>();
  let without = 0;
  for (const { values, count } of await view.tally(structures, { where, by: ['service', 'state'] })) {
    const [service, state] = values;
    if (service == null) without += count;
    else services.set(service, { ...services.get(service), [state ?? '']: count });
  }
  const named = [...services].sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    services: named.slice(0, MAX_SERVICES).map(([service, states]) => ({
      service,
      total: Object.values(states).reduce((sum, n) => sum + n, 0),
      states,
    })),
    without,
    more: named.length > MAX_SERVICES,
  };
}
