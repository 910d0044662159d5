/** A site with those within it. */
export interface SiteNode {
  readonly name: string;
  readonly description: string;
  readonly children: readonly SiteNode[];
}

interface Site {
  readonly name: string;
  readonly description: string;
  readonly parent: string | null;
}

/** Sites as trees, each level by name; one whose parent is not among them stands at the top. */
export function siteTree(sites: readonly Site[]): readonly SiteNode[] {
  const names = new Set(sites.map(({ name }) => name));
  const within = new Map<string | null, Site[]>();
  for (const site of sites) {
    const parent = site.parent !== null && names.has(site.parent) ? site.parent : null;
    within.set(parent, [...(within.get(parent) ?? []), site]);
  }
  const below = (parent: string | null): readonly SiteNode[] =>
    (within.get(parent) ?? [])
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .map(({ name, description }) => ({ name, description, children: below(name) }));
  return below(null);
}

/** What of a tree has a text in its name or description, with what it stands in. */
export function searchTree(tree: readonly SiteNode[], text: string): readonly SiteNode[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return tree;
  return tree.flatMap((node) => {
    if (`${node.name}\n${node.description}`.toLowerCase().includes(wanted)) return [node];
    const children = searchTree(node.children, text);
    return children.length > 0 ? [{ ...node, children }] : [];
  });
}
