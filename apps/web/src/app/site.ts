import { useEffect } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { navigation } from './navigation.ts';
import { storage } from './storage.ts';

/** Whether what stands at a path is that of the selected site alone. */
const isScoped = (path: string): boolean =>
  navigation.some((entry) => entry.scoped && (entry.path === path || entry.alias === path));

/** A path of the pages with the selected site, where it is about that. */
export const withSite = (path: string, site: string | undefined): string =>
  site !== undefined && isScoped(path) ? `${path}?site=${encodeURIComponent(site)}` : path;

/**
 * The selected site, undefined for all sites, and how to select another one. On pages that are about it, it stands in the
 * URL; on others it is the one of the last such page.
 */
export function useSite(): readonly [site: string | undefined, choose: (site: string | undefined) => void] {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const scoped = isScoped(pathname);
  const inUrl = new URLSearchParams(search).get('site') ?? undefined;
  const site = scoped ? inUrl : (storage.get('site') ?? undefined);
  useEffect(() => {
    if (scoped) storage.set('site', inUrl ?? null);
  }, [scoped, inUrl]);
  const choose = (next: string | undefined): void => {
    storage.set('site', next ?? null);
    const query = new URLSearchParams(search);
    query.delete('site');
    if (next !== undefined && scoped) query.set('site', next);
    // Elsewhere the page is drawn anew with the same address.
    void navigate({ pathname, search: query.toString() }, { replace: !scoped });
  };
  return [site, choose];
}
