import type { Recorded } from '#event-store';
import { idOf } from '#kernel';
import type { ReadStore } from '#read-store';
import { maintenanceWindows } from './maintenance-windows.ts';
import type { WindowState } from './site-windows.ts';
import { windowState } from './site-windows.ts';
import type { Window } from './window.ts';
import { maintenanceWindow } from './window.ts';

type Row = Window & { readonly created: string; readonly updated: string };

/** The maintenance windows there are, kept up with the log in every process. */
export class WindowBook {
  readonly #reads: Pick<ReadStore, 'now'>;
  readonly #rows = new Map<number, Row>();
  readonly #sites = new Map<string, Set<number>>();
  readonly #changed: (() => void)[] = [];

  constructor(reads: Pick<ReadStore, 'now'>) {
    this.#reads = reads;
  }

  readonly categories: readonly string[] = [maintenanceWindow.category];

  get size(): number {
    return this.#rows.size;
  }

  whenChanged(listener: () => void): void {
    this.#changed.push(listener);
  }

  /** Reads what there is, before it is told of what happens behind a position that is earlier than this. */
  async start(): Promise<void> {
    const { rows } = await this.#reads.now.list(maintenanceWindows);
    for (const { key, row } of rows) this.#put(Number(key), row);
  }

  heard(event: Recorded): void {
    if (!event.stream.startsWith(`${maintenanceWindow.category}-`)) return;
    const rule = maintenanceWindows.on[event.type];
    if (!rule) return;
    const id = Number(idOf(event.stream));
    this.#put(id, rule.fold(this.#rows.get(id), event as Recorded<never>));
    for (const listener of this.#changed) listener();
  }

  /**
   * Whether jobs may not begin now at a site, by the windows that `siteWindows` finds in the read models.
   * @param sites it, and the sites around it from the inside out
   * @param now milliseconds since 1970
   * @returns the site whose windows are shut, and which one opens next, if any does; undefined: jobs may begin
   */
  shutAt(sites: readonly string[], now: number): { readonly site: string; readonly next?: WindowState } | undefined {
    const site = sites.find((one) => this.#sites.has(one));
    if (site === undefined) return undefined;
    const ids = [...(this.#sites.get(site) ?? [])];
    const state = windowState(
      ids.map((id) => ({ id, window: this.#rows.get(id)! })),
      now,
    );
    if (state?.open) return undefined;
    return { site, ...(state ? { next: state } : {}) };
  }

  #put(id: number, row: Row | undefined): void {
    const before = this.#rows.get(id);
    if (before) {
      const ids = this.#sites.get(before.site);
      ids?.delete(id);
      if (ids?.size === 0) this.#sites.delete(before.site);
    }
    this.#rows.delete(id);
    if (!row) return;
    this.#rows.set(id, row);
    this.#sites.set(row.site, (this.#sites.get(row.site) ?? new Set()).add(id));
  }
}
