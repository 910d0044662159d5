import type { Pool } from 'pg';
import type { Clock } from '#event-store';
import type { Logger } from '#kernel';
import { ClockJumps } from './clock-jumps.ts';
import type { Dispatch, Holder } from './job-messages.ts';
import { PollLedger } from './poll-ledger.ts';
import { PollingAgents } from './polling-agents.ts';

export interface PollLeasesOptions {
  readonly pool: Pool;
  /** The clock of the log. */
  readonly clock: Pick<Clock, 'millis'>;
  readonly log: Logger;
  /** How long an agent that polls may be silent, in milliseconds. */
  readonly leaseMs: number;
}

/** Leases of agents that poll, by what all servers on the database have heard of them. */
export class PollLeases {
  readonly #options: PollLeasesOptions;
  readonly #ledger: PollLedger;
  readonly #agents: PollingAgents;
  readonly #jumps: ClockJumps;
  #heardFrom = 0;
  #hearing = false;
  #alone = false;

  constructor(options: PollLeasesOptions) {
    const { pool, clock, leaseMs } = options;
    this.#options = options;
    this.#ledger = new PollLedger(pool, { everyMs: this.everyMs, keepMs: 2 * leaseMs });
    this.#agents = new PollingAgents(leaseMs);
    this.#jumps = new ClockJumps(() => clock.millis());
  }

  /** How often it is told, and to be heard, when agents were heard of, in milliseconds. */
  get everyMs(): number {
    return Math.min(Math.max(this.#options.leaseMs / 20, 100), 10_000);
  }

  /** Whether no other server was connected to the database when it was last asked. */
  get alone(): boolean {
    return this.#alone;
  }

  async start(): Promise<void> {
    const now = this.#followClock();
    this.#agents.start(now);
    this.#heardFrom = now - this.#options.leaseMs;
    await this.#ledger.start();
    await this.hearOthers();
  }

  /** An agent was heard of: it has polled, or reported. @returns whether for the first time by a server that runs */
  async heard(holder: Holder, polled: boolean): Promise<boolean> {
    const known = await this.#ledger.isKnown(holder.session);
    const now = this.#followClock();
    if (polled) this.#agents.polled(holder, now);
    else this.#agents.heard(holder, now);
    await this.#ledger.note(holder, now);
    return !known;
  }

  /** When the lease of a dispatch runs out, milliseconds since 1970 by the clock of the log. */
  deadlineOf({ holder, deadline }: Pick<Dispatch, 'holder' | 'deadline'>): number {
    const granted = Date.parse(deadline);
    this.#followClock();
    return holder ? this.#agents.deadlineOf(holder, granted) : granted;
  }

  /** Whether the lease of a dispatch has run out. */
  isOver(dispatch: Pick<Dispatch, 'holder' | 'deadline'>): boolean {
    return this.deadlineOf(dispatch) <= this.#followClock();
  }

  /** Hears of other servers, and of the agents that poll them. A database that does not answer is not asked again meanwhile. */
  async hearOthers(): Promise<void> {
    if (this.#hearing) return;
    this.#hearing = true;
    try {
      for (const { holder, at } of await this.#ledger.heardElsewhere(this.#heardFrom)) {
        this.#agents.heard(holder, at);
        this.#heardFrom = Math.max(this.#heardFrom, at + 1);
      }
      this.#alone = !(await this.#ledger.othersRun());
    } catch (error) {
      this.#tellUnheard(error);
    } finally {
      this.#hearing = false;
    }
  }

  /** Forgets agents nothing was heard of for long. */
  async prune(): Promise<void> {
    await this.#ledger.prune(this.#followClock()).catch((error: unknown) => this.#tellUnheard(error));
  }

  #tellUnheard(error: unknown): void {
    const reason = 'other servers, and agents that poll them, could not be heard of';
    this.#options.log.warn(reason, { error: String(error) });
  }

  /**
   * Where the clock was set ahead, what is remembered moves with it: that was no silence.
   * @returns the time, in milliseconds since 1970
   */
  #followClock(): number {
    const jump = this.#jumps.look();
    if (jump > 0) this.#agents.shift(jump);
    return this.#options.clock.millis();
  }
}
