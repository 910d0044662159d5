import type { View } from '#read-store';
import { sites } from '#site';

/** How deep sites may nest. */
const MAX_DEPTH = 100;

/** A site and the sites around it, from the inside out. */
export async function sitesAround(view: View, site: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (let at: string | null | undefined = site; at != null && found.length < MAX_DEPTH && !found.includes(at);) {
    found.push(at);
    at = (await view.get(sites, at))?.parent;
  }
  return found;
}
