import type { Catalogue, Permission } from '#api';
import { permissionFor } from '#api';
import { segmentsOf } from './paths.ts';
import { malformed, Problem } from './problem.ts';
import type { Method, Route, Served } from './routes.ts';
import { methodsOf, placesAt, VERBS } from './routes.ts';

/** What stands at a path, and which methods it answers. */
export interface Found {
  readonly allowed: string;
  /** What answers a method. @throws Problem where nothing does */
  readonly answering: (method: string) => Route;
}

/** What stands at a path. @throws Problem where nothing does */
export function placeAt(catalogue: Catalogue, path: string): Found {
  const segments = segmentsOf(path);
  if (!segments) throw malformed('The path cannot be read.');
  const places = placesAt(catalogue, segments);
  if (places.length === 0) throw new Problem('not-found', `Nothing stands at ${path}.`);
  const allowed = [...allowedBy(places), 'OPTIONS'].join(', ');
  return {
    allowed,
    answering: (method) => {
      const asked = (method === 'HEAD' ? 'GET' : method) as Method;
      const place = places.find((one) => methodsOf(one).includes(asked));
      if (place) return place;
      throw new Problem('method-not-allowed', `${method} is not answered here.`, { headers: { Allow: allowed } });
    },
  };
}

const allowedBy = (places: readonly Route[]): string[] =>
  places.flatMap(methodsOf).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));

/** What a method on what stands at a path takes. */
export function permissionOf(place: Served, method: Method): Permission {
  if ('action' in place) return place.action.permission;
  const verb = (VERBS[place.kind] as Readonly<Partial<Record<Method, Parameters<typeof permissionFor>[1]>>>)[method];
  if (!verb) throw new Error(`${method} of a ${place.kind} passed the checks`);
  return permissionFor(place.model, verb);
}
