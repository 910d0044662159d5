import type { Key } from '#read-store';
import type { Catalogue, Field, Model, Parameter, Values } from '#api';
import { answers, exactNumber, shownMoment } from '#api';
import { modelPath, objectPath } from './paths.ts';

/** Where something is found. */
export interface Link {
  readonly href: string;
}

/** A value of the inside as it goes over the wire: typed JSON, references as ids; no map is the empty map. */
export function writeValue({ type, list }: Parameter, value: unknown): unknown {
  if (list) return value ?? [];
  if (type.kind === 'Map') return value ?? {};
  if (type.kind === 'Integer' && type.wide) return exactNumber(value);
  if (type.kind === 'DateTime' && typeof value === 'string') return shownMoment(value);
  return value ?? null;
}

/** Where the objects a value refers to are found; undefined where it refers to none, or where they are not shown. */
export function linkOf({ type, list }: Parameter, value: unknown, catalogue: Catalogue): Link | Link[] | undefined {
  if (type.kind !== 'Model' || value === null || value === undefined) return undefined;
  const target = catalogue.model(type.model);
  if (!target || !answers(target, 'view')) return undefined;
  const href = (key: unknown): Link => ({ href: objectPath(target.path, key as Key) });
  return list ? (value as readonly unknown[]).map(href) : href(value);
}

/** An object as it goes over the wire: the declared fields in their order, and where it and what it refers to are found. */
export function writeObject({ path, fields }: Model, key: Key, object: Values, catalogue: Catalogue): Values {
  const links = linksOf(fields, object, catalogue);
  return {
    ...Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, writeValue(field, object[name])])),
    _links: { self: { href: objectPath(path, key) }, collection: { href: modelPath(path) }, ...links },
  };
}

const linksOf = (fields: Readonly<Record<string, Field>>, object: Values, catalogue: Catalogue): Values =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) => {
      const link = linkOf(field, object[name], catalogue);
      return link === undefined ? [] : [[name, link]];
    }),
  );
