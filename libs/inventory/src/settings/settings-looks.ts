import type { Clock } from '#event-store';
import type { Logger } from '#kernel';
import type { ReadStore } from '#read-store';
import type { SettingsContext } from './look-at-settings.ts';
import { lookAtSettings } from './look-at-settings.ts';
import type { SettingsLedger } from './settings-ledger.ts';

/** How often it is looked whether somebody waits on another server, in milliseconds. */
const TICK_MS = 2000;
/** How many machines are looked at at a time. */
const MAX_AT_ONCE = 8;

export interface SettingsLooksOptions extends SettingsContext {
  readonly reads: Pick<ReadStore, 'now'>;
  readonly ledger: Pick<SettingsLedger, 'wanted' | 'note'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Logger, 'warn'>;
}

/** Looks at the settings of machines where somebody wants that, as long as this process is the foreman. */
export class SettingsLooks {
  readonly #options: SettingsLooksOptions;
  readonly #atWork = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  /** Undefined: this process is not the foreman. */
  #term: AbortController | undefined;
  #ticking: Promise<void> = Promise.resolve();
  #failed = false;

  constructor(options: SettingsLooksOptions) {
    this.#options = options;
  }

  /** This process is the foreman, or is it no longer. */
  lead(leading: boolean): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#term?.abort();
    this.#term = leading ? new AbortController() : undefined;
    if (leading) this.#timer = setInterval(() => this.look(), TICK_MS).unref();
  }

  /** Resolves when no look is under way, and none follows. */
  async stop(): Promise<void> {
    this.lead(false);
    await this.#ticking;
    await Promise.all(this.#atWork.values());
  }

  /** Begins to look at once, and not with the next tick; nothing where this process is not the foreman. */
  look(): void {
    this.#ticking = this.#ticking
      .then(() => this.#lookAtWanted())
      .then(
        () => void (this.#failed = false),
        (error: unknown) => {
          if (!this.#failed) this.#options.log.warn('settings could not be looked at', { error: String(error) });
          this.#failed = true;
        },
      );
  }

  async #lookAtWanted(): Promise<void> {
    const signal = this.#term?.signal;
    if (!signal || this.#atWork.size >= MAX_AT_ONCE) return;
    // Those at work are wanted still.
    for (const locator of await this.#options.ledger.wanted(2 * MAX_AT_ONCE)) {
      if (signal.aborted || this.#atWork.size >= MAX_AT_ONCE) return;
      if (this.#atWork.has(locator)) continue;
      const looking = this.#look(locator, signal)
        .catch((error: unknown) =>
          this.#options.log.warn('a look at settings could not be noted', {
            foundation: locator,
            error: String(error),
          }),
        )
        .finally(() => {
          this.#atWork.delete(locator);
          this.look();
        });
      this.#atWork.set(locator, looking);
    }
  }

  async #look(locator: string, signal: AbortSignal): Promise<void> {
    const { reads, ledger, clock } = this.#options;
    try {
      const found = await lookAtSettings(reads.now, locator, this.#options, signal);
      await ledger.note(locator, { at: clock.now(), fault: null, ...found });
    } catch (error) {
      // What another foreman finds counts.
      if (signal.aborted) return;
      const fault = error instanceof Error ? error.message : String(error);
      await ledger.note(locator, { at: clock.now(), fault, declared: true, differences: [] });
    }
  }
}
