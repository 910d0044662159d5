import type { Catalogue } from '#api';
import type { Definition, NamedObject } from './definition.ts';
import type { KindName } from './object-kinds.ts';
import { referredKind } from './object-kinds.ts';

/** What a name in a file may lead to: by kind, site and name, the first that is there counts. */
export type Candidate = Pick<NamedObject, 'kind' | 'site' | 'name'>;

/**
 * What a name in a file may lead to, by the model that its key refers to; undefined: it is the id itself, of something
 * that files do not define.
 */
export function candidates(
  catalogue: Catalogue,
  model: string,
  text: string,
  at: Definition,
): readonly Candidate[] | undefined {
  const kind = referredKind(catalogue, model);
  if (kind === undefined) return undefined;
  const [first = '', second] = text.split('/');
  const away = second !== undefined;
  const site = away ? first : at.site;
  const full = away ? text : `${at.site}/${text}`;
  const one = (kinds: readonly KindName[], name: string): Candidate[] =>
    kinds.map((each) => ({ kind: each, site, name }));
  switch (kind) {
    case 'plot':
      return [{ kind, site: '', name: text }];
    case 'zone':
      return [{ kind, site: '', name: text.toLowerCase() }];
    case 'site':
      return [{ kind, site: text, name: text }];
    case 'foundation':
    case 'complex':
      return [{ kind, site: at.site, name: text }];
    case 'structure':
      return one(model === 'Building/Structure' ? ['structure'] : ['structure', 'host'], full);
    default:
      return one([kind], full);
  }
}

/** Kinds whose names are the same everywhere. */
const GLOBAL: readonly KindName[] = ['plot', 'zone', 'site', 'complex', 'foundation'];

/** How an object is named by another one of a site: without the site where it is the same. */
export const shownName = ({ kind, site, own, name }: NamedObject, at: string): string =>
  GLOBAL.includes(kind) || site !== at ? name : own;
