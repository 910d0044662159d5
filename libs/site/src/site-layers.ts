import type { Layer } from '#config';
import type { View } from '#read-store';
import type { SiteRow } from './sites.ts';
import { sites } from './sites.ts';

/** What sites add to a configuration, and when each of them was last changed. */
export interface SiteLayers {
  readonly layers: readonly Layer[];
  readonly changed: readonly string[];
  /** What they are made of: the very rows, which never change. */
  readonly rows: readonly object[];
  /** The site itself; undefined where there is none. */
  readonly own: SiteRow | undefined;
}

/** What a site hands down: the values of the outermost site around it first, its own last. */
export async function siteLayers(view: View, name: string): Promise<SiteLayers> {
  const chain: { readonly id: string; readonly row: SiteRow }[] = [];
  for (let id: string | null = name; id !== null;) {
    const row: SiteRow | undefined = await view.get(sites, id);
    // A site cannot get inside itself; should it be, each is taken once.
    if (!row || chain.some((one) => one.id === id)) break;
    chain.unshift({ id, row });
    id = row.parent;
  }
  return {
    layers: chain.map(({ id, row: { configValues, origins } }) => ({
      source: { kind: 'Site', id },
      values: configValues,
      origins,
      ...(id === name ? { attributes: [['_site', name]] as const } : {}),
    })),
    changed: chain.map(({ row }) => row.updated),
    rows: chain.map(({ row }) => row),
    own: chain.at(-1)?.row,
  };
}
