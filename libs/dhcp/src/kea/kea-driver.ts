import type { Logger } from '#kernel';
import type { SiteSubnet } from '../subnets/site-subnet.ts';
import type { KeaMap } from './kea-json.ts';
import type { AskKea } from './kea-socket.ts';
import { KeaRefusal, KeaUnreachable } from './kea-socket.ts';

/** What is known of a server of Kea's. */
export interface KeaState {
  /** What it is told to serve. */
  readonly serves: 'nothing' | 'wanted' | 'former';
  /** Whether it has offered a lease since it was told; undefined: that cannot be found out from here. */
  readonly answers: boolean | undefined;
  /** What is amiss, in words. */
  readonly fault: string | undefined;
}

export interface KeaDriverOptions {
  readonly ask: AskKea;
  /** `dhcp4`, `dhcp6`; for people. */
  readonly name: string;
  /** The control socket, which every configuration has to have. */
  readonly socket: string;
  /** A configuration, of which the part stays that is the operator's in the one that runs. */
  readonly render: (subnets: readonly SiteSubnet[], running: KeaMap) => KeaMap;
  /** Whether it offers leases; undefined: that cannot be found out from here. */
  readonly prove: (subnets: readonly SiteSubnet[], running: KeaMap) => Promise<boolean | undefined>;
  /** What it last served well, as it was kept. */
  readonly good: readonly SiteSubnet[] | undefined;
  readonly log: Logger;
  /** Milliseconds since any moment; never jumps. */
  readonly now?: () => number;
}

/** How long what was refused is not tried again, in milliseconds: at first, and at the most. */
const FIRST_RETRY_MS = 5000;
const LAST_RETRY_MS = 300_000;
/** How exactly Kea tells when it was configured, in milliseconds. */
const SLACK_MS = 3000;

interface Process {
  readonly pid: number;
  /** Its configuration when it was first seen, or when somebody else had it read its file. */
  readonly running: KeaMap;
}

/** Has one server of Kea's serve what is wanted, and goes back to what it served well where it refuses that. */
export class KeaDriver {
  readonly #options: KeaDriverOptions;
  readonly #now: () => number;
  #process: Process | undefined;
  #set: { readonly text: string; readonly at: number } | undefined;
  #refused: { readonly text: string; readonly next: number; readonly pauseMs: number } | undefined;
  #good: readonly SiteSubnet[] | undefined;
  #state: KeaState = { serves: 'nothing', answers: undefined, fault: 'it has not been reached yet' };

  constructor(options: KeaDriverOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#good = options.good;
  }

  get state(): KeaState {
    return this.#state;
  }

  /** What it last served well. */
  get good(): readonly SiteSubnet[] | undefined {
    return this.#good;
  }

  /** The configuration it runs with, as far as that is the operator's; undefined: it was not reached yet. */
  get running(): KeaMap | undefined {
    return this.#process?.running;
  }

  /** Has it serve subnets; what it serves already is not set again. @throws KeaUnreachable */
  async serve(subnets: readonly SiteSubnet[]): Promise<void> {
    try {
      await this.#serve(subnets);
    } catch (error) {
      if (!(error instanceof KeaUnreachable)) throw error;
      this.#process = undefined;
      this.#set = undefined;
      this.#tell({ serves: 'nothing', answers: undefined, fault: error.message });
      throw error;
    }
  }

  async #serve(subnets: readonly SiteSubnet[]): Promise<void> {
    const { running } = await this.#look();
    const config = this.#options.render(subnets, running);
    const text = JSON.stringify(config);
    if (this.#set?.text === text) {
      // One that did not answer may have been put right by somebody.
      if (this.#state.answers === false && (await this.#prove(subnets, 'wanted'))) this.#good = subnets;
      return;
    }
    if (this.#refused?.text === text && this.#now() < this.#refused.next) return;
    // Where it has never offered anybody a lease, that says nothing of what it was given.
    const telling = this.#state.answers === true;
    const refusal = await this.#try(config, text);
    if (refusal === undefined) {
      this.#refused = undefined;
      const proved = await this.#prove(subnets, 'wanted');
      if (proved) this.#good = subnets;
      if (proved || !telling) return;
    }
    await this.#goBack(text, refusal ?? 'it takes it, and offers nobody a lease then');
  }

  /** Finds out whether it is the process it was, with the configuration it was given. */
  async #look(): Promise<Process> {
    const { ask, name, socket, log } = this.#options;
    const { pid, reload } = (await ask('status-get')) as { readonly pid: number; readonly reload: number };
    const before = this.#process;
    const sameProcess = before?.pid === pid;
    const configured = this.#now() - reload * 1000;
    if (sameProcess && !(this.#set && configured > this.#set.at + SLACK_MS)) return before;
    const got = (await ask('config-get')) as KeaMap;
    const part = (got['Dhcp4'] ?? got['Dhcp6'] ?? {}) as KeaMap;
    const own = { 'socket-type': 'unix', 'socket-name': socket };
    this.#process = { pid, running: { 'control-socket': own, ...part } };
    this.#set = undefined;
    this.#refused = undefined;
    const what = sameProcess ? 'Kea has read its own file' : before ? 'Kea was started again' : 'Kea is there';
    log.info(what, { server: name, pid });
    return this.#process;
  }

  /** Tests and sets a configuration. @returns why it is refused */
  async #try(config: KeaMap, text: string): Promise<string | undefined> {
    const { ask, name, log } = this.#options;
    try {
      // One that is refused when it is set leaves Kea serving nobody.
      await ask('config-test', config);
      await ask('config-set', config);
    } catch (error) {
      if (!(error instanceof KeaRefusal)) throw error;
      return error.message;
    }
    this.#set = { text, at: this.#now() };
    log.info('Kea was told what to serve', { server: name, octets: text.length });
    return undefined;
  }

  /** Sets what was served well before, or has Kea read its own file, and looks whether it answers. */
  async #goBack(text: string, reason: string): Promise<void> {
    const { ask, render, name } = this.#options;
    const pauseMs = this.#refused?.text === text ? Math.min(LAST_RETRY_MS, 2 * this.#refused.pauseMs) : FIRST_RETRY_MS;
    this.#refused = { text, next: this.#now() + pauseMs, pauseMs };
    const fault = `Kea refuses the configuration: ${reason}`;
    this.#set = undefined;
    if (this.#good === undefined) {
      await ask('config-reload').catch((error: unknown) => {
        if (!(error instanceof KeaRefusal)) throw error;
        this.#options.log.error('Kea refuses its own file too', error, { server: name });
      });
      this.#tell({ serves: 'nothing', answers: undefined, fault: `${fault}; it goes on with its own file` });
      return;
    }
    const former = render(this.#good, this.#process?.running ?? {});
    const again = await this.#try(former, JSON.stringify(former));
    if (again !== undefined) {
      this.#tell({ serves: 'nothing', answers: false, fault: `${fault}; and what it served before: ${again}` });
      return;
    }
    // It is not what is wanted: that is tried again after a while.
    this.#set = undefined;
    await this.#prove(this.#good, 'former', `${fault}; it goes on with what it served before`);
  }

  /** @returns false where it is asked for a lease and offers none */
  async #prove(subnets: readonly SiteSubnet[], serves: 'wanted' | 'former', fault?: string): Promise<boolean> {
    const answers = await this.#options.prove(subnets, this.#process?.running ?? {});
    const silent = answers === false ? 'it offers nobody a lease' : undefined;
    this.#tell({ serves, answers, fault: [fault, silent].filter(Boolean).join('; ') || undefined });
    return answers !== false;
  }

  /** Notes how it is; what is new is logged. */
  #tell(state: KeaState): void {
    const { log, name } = this.#options;
    const before = this.#state;
    this.#state = state;
    if (state.fault === before.fault && state.serves === before.serves) return;
    if (state.fault === undefined) log.info('DHCP serves what is wanted', { server: name, answers: state.answers });
    else log.warn('DHCP does not serve what is wanted', { server: name, serves: state.serves, reason: state.fault });
  }
}
