interface Site {
  readonly name: string;
  readonly parent: string | null;
}

/** A site with all that are within it. */
export function sitesWithin(sites: readonly Site[], site: string): ReadonlySet<string> {
  const found = new Set([site]);
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const { name, parent } of sites) if (parent !== null && found.has(parent)) found.add(name);
  }
  return found;
}
