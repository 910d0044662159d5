/** What must not be: something lost, doubled, stuck, refused, a lie of `/health`, a program that ended by itself. */
export type FindingKind = 'LOST' | 'DOUBLED' | 'STUCK' | 'WRONG' | 'LIE' | 'ENDED';

/** At most this many lines of a kind are shown. */
const MAX_SHOWN = 10;

/** What a run has found, each once. */
export class Findings {
  readonly #found = new Map<FindingKind, Set<string>>();

  add(kind: FindingKind, text: string): void {
    const lines = this.#found.get(kind) ?? new Set();
    this.#found.set(kind, lines.add(text));
  }

  get count(): number {
    return [...this.#found.values()].reduce((sum, lines) => sum + lines.size, 0);
  }

  /** A line each, all of them. */
  all(): readonly string[] {
    return [...this.#found].flatMap(([kind, lines]) => [...lines].map((line) => `${kind}: ${line}`));
  }

  /** A line each, the first ten of each kind. */
  lines(): readonly string[] {
    return [...this.#found].flatMap(([kind, lines]) => [
      ...[...lines].slice(0, MAX_SHOWN).map((line) => `${kind}: ${line}`),
      ...(lines.size > MAX_SHOWN ? [`${kind}: and ${lines.size - MAX_SHOWN} more`] : []),
    ]);
  }
}
