import { isBlank } from '../model/value-text.ts';

/** A part of a value that is another one (docs/history.md). */
export interface Difference {
  readonly path: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
  readonly lines?: readonly { readonly op: '-' | '+'; readonly line: number; readonly text: string }[];
  readonly secret?: 'changed';
}

/** What happened to an object at one moment. */
export interface HistoryEntry {
  readonly position: number;
  readonly at: string;
  readonly actor: string;
  readonly request: string;
  readonly reason: string | null;
  readonly command: string | null;
  readonly event: string;
  readonly change: 'created' | 'changed' | 'deleted' | 'touched';
  readonly differences: readonly Difference[];
}

interface HistoryPage {
  readonly items: readonly HistoryEntry[];
  readonly _links: { readonly next?: { readonly href: string } };
}

/** Times that every change moves say nothing about it. */
const ALWAYS = new Set(['updated', 'created']);

/** The differences that say something; that a field of a new object is empty says nothing. */
export const telling = (differences: readonly Difference[]): readonly Difference[] =>
  differences.filter(
    ({ path, before, after, lines, secret }) =>
      !(path.length === 1 && ALWAYS.has(path[0] ?? '')) &&
      (lines !== undefined || secret !== undefined || !isBlank(before) || !isBlank(after)),
  );

/** From where the next page of a history goes on; undefined: this was the last one. */
export function nextOf({ _links: { next } }: HistoryPage): string | undefined {
  if (!next) return undefined;
  return new URLSearchParams(next.href.split('?')[1]).get('to') ?? undefined;
}

export type { HistoryPage };
