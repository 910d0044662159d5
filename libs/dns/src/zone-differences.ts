import type { ChangedKeys, View } from '#read-store';
import { factSources, readFacts } from './fact-sources.ts';
import { countRows, loadFacts } from './live-zones.ts';
import type { ZoneOptions } from './zone-renderer.ts';
import { ZoneRenderer } from './zone-renderer.ts';
import type { ZoneContent } from './zone-source.ts';

/** From how many rows zones are made to be compared, at the most. */
export const MAX_COMPARED_ROWS = 100_000;
/** How many lines of a zone are told that come, and that go. */
const MAX_LINES = 100;
/** Any serial: it is not compared. */
const SERIAL = 1;

/** What a zone says otherwise: lines of its file, without the serial. */
export interface ZoneDifference {
  readonly zone: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Whether there are more lines than are told. */
  readonly cut: boolean;
}

/** Compares what zones say in two views. */
export class ZoneDifferences {
  readonly #options: ZoneOptions;

  constructor(options: ZoneOptions) {
    this.#options = options;
  }

  /**
   * @param changed the rows in which the views differ, or may
   * @returns undefined where zones are made of too many rows to be compared
   */
  async between(before: View, after: View, changed: ChangedKeys): Promise<readonly ZoneDifference[] | undefined> {
    if (factSources.every(({ model }) => (changed.get(model)?.size ?? 0) === 0)) return [];
    if ((await countRows(before)) > MAX_COMPARED_ROWS) return undefined;
    const renderer = new ZoneRenderer(this.#options);
    await loadFacts(before, renderer);
    const were = new Map(await renderer.render());
    renderer.take(await readFacts(after, changed));
    const are = await renderer.render();
    const names = [...new Set([...were.keys(), ...are.keys()])].toSorted();
    return names.flatMap((name) => {
      const [one, other] = [were.get(name), are.get(name)];
      return one === other || one?.hash === other?.hash ? [] : [difference(name, one, other)];
    });
  }
}

function difference(zone: string, before: ZoneContent | undefined, after: ZoneContent | undefined): ZoneDifference {
  const [were, are] = [linesOf(before), linesOf(after)];
  const [there, then] = [new Set(were), new Set(are)];
  const added = are.filter((line) => !there.has(line));
  const removed = were.filter((line) => !then.has(line));
  const cut = added.length > MAX_LINES || removed.length > MAX_LINES;
  return { zone, added: added.slice(0, MAX_LINES), removed: removed.slice(0, MAX_LINES), cut };
}

const linesOf = (zone: ZoneContent | undefined): string[] =>
  zone ? zone.text(SERIAL).split('\n').filter((line) => line !== '') : [];
