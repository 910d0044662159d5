/** How well a label answers what is typed, 0 the best; undefined: not at all. Each word typed has to begin one of the label's. */
export function matchOf(label: string, typed: string): number | undefined {
  const text = label.toLowerCase();
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return 0;
  const words = text.split(/[\s-]+/);
  if (!wanted.every((word) => words.some((one) => one.startsWith(word)))) return undefined;
  return text.startsWith(wanted.join(' ')) ? 0 : 1;
}

/** Those whose label answers what is typed, the best first and else in their order; so many at most. */
export function matching<T extends { readonly label: string }>(all: readonly T[], typed: string, most: number): T[] {
  return all
    .map((one) => ({ one, match: matchOf(one.label, typed) }))
    .filter(({ match }) => match !== undefined)
    .sort((first, second) => (first.match ?? 0) - (second.match ?? 0))
    .slice(0, most)
    .map(({ one }) => one);
}
