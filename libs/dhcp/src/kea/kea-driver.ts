import type { Logger } from '#kernel';
import type { SiteSubnet } from '../subnets/site-subnet.ts';
import type { KeaMap } from './kea-json.ts';
import type { AskKea } from './kea-socket.ts';
import { KeaRefusal, KeaUnreachable } from './kea-socket.ts';
import type { Proof } from './prove-service.ts';
import { CannotAsk } from './prove-service.ts';

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
  /** Whether it offers leases. @throws CannotAsk */
  readonly prove: (subnets: readonly SiteSubnet[], running: KeaMap) => Promise<Proof>;
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
/** After how long it is asked for a lease again, in milliseconds, about: where it has offered one, and where that is not known. */
const PROVE_MS = 300_000;
const PROVE_SOON_MS = 30_000;

/** What a proof says of whether it answers. */
const ANSWERS: Readonly<Record<Proof, boolean | undefined>> = {
  offers: true,
  'nothing free': undefined,
  silent: false,
  unknown: undefined,
};
/** What is said of it. */
const WORDS: Readonly<Record<Proof, string | undefined>> = {
  offers: undefined,
  'nothing free': 'it has no free address for anybody it was asked for',
  silent: 'it offers nobody a lease',
  unknown: undefined,
};

/** A configuration that was set. */
interface SetConfiguration {
  readonly text: string;
  /** The ids of its subnets. */
  readonly subnets: string;
  readonly at: number;
  /** Whether it was looked at after a reload just after it was set would have been over. */
  readonly seen: boolean;
}

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
  #set: SetConfiguration | undefined;
  #refused: { readonly text: string; readonly next: number; readonly pauseMs: number } | undefined;
  #good: readonly SiteSubnet[] | undefined;
  #proof: Proof = 'unknown';
  #proveAt = 0;
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
      this.#proof = 'unknown';
      this.#tell({ serves: 'nothing', answers: undefined, fault: error.message });
      throw error;
    }
  }

  async #serve(subnets: readonly SiteSubnet[]): Promise<void> {
    const { running } = await this.#look();
    const config = this.#options.render(subnets, running);
    const text = JSON.stringify(config);
    if (this.#set?.text === text && (await this.#servesStill(subnets))) return;
    if (this.#refused?.text === text && this.#now() < this.#refused.next) return;
    // Where it has not heard anybody before, that says nothing of what it was given.
    const telling = this.#proof === 'offers' || this.#proof === 'nothing free';
    const refusal = await this.#try(config, text);
    if (refusal === undefined) {
      this.#refused = undefined;
      const proved = await this.#prove(subnets, 'wanted');
      if (proved) this.#good = subnets;
      if (proved || !telling) return;
    }
    await this.#goBack(text, refusal ?? 'it takes it, and offers nobody a lease then');
  }

  /** Looks now and then whether it answers still. @returns false where it has to be told everything again */
  async #servesStill(subnets: readonly SiteSubnet[]): Promise<boolean> {
    const before = this.#proof;
    const due = this.#now() >= this.#proveAt;
    // One that did not answer may have been put right by somebody.
    if (before !== 'silent' && !due) return true;
    if (await this.#prove(subnets, 'wanted')) {
      if (before === 'silent') this.#good = subnets;
      return true;
    }
    if (!due) return true;
    this.#options.log.warn('Kea offers nobody a lease, and is told everything again', { server: this.#options.name });
    return false;
  }

  /** Finds out whether it is the process it was, with the configuration it was given. */
  async #look(): Promise<Process> {
    const { ask, name, socket, log } = this.#options;
    const { pid, reload } = (await ask('status-get')) as { readonly pid: number; readonly reload: number };
    const before = this.#process;
    const sameProcess = before?.pid === pid;
    const configured = this.#now() - reload * 1000;
    const reread = this.#set !== undefined && configured > this.#set.at + SLACK_MS;
    if (sameProcess && !reread && !(await this.#hasOther())) return before;
    const part = ownPart((await ask('config-get')) as KeaMap);
    const own = { 'socket-type': 'unix', 'socket-name': socket };
    this.#process = { pid, running: { 'control-socket': own, ...part } };
    this.#set = undefined;
    this.#refused = undefined;
    const what = sameProcess ? 'Kea has read its own file' : before ? 'Kea was started again' : 'Kea is there';
    log.info(what, { server: name, pid });
    return this.#process;
  }

  /** Whether it has another configuration than it was given: once, where the time of a reload would not tell. */
  async #hasOther(): Promise<boolean> {
    const set = this.#set;
    if (!set || set.seen || this.#now() <= set.at + 2 * SLACK_MS) return false;
    this.#set = { ...set, seen: true };
    return subnetsIn((await this.#options.ask('config-get')) as KeaMap) !== set.subnets;
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
    this.#set = { text, subnets: subnetsIn(config), at: this.#now(), seen: false };
    this.#proveAt = this.#now() + spread(PROVE_MS);
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
      this.#proof = 'unknown';
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

  /** @returns false where it is asked for leases and offers none */
  async #prove(subnets: readonly SiteSubnet[], serves: 'wanted' | 'former', fault?: string): Promise<boolean> {
    let reason: string | undefined;
    this.#proof = await this.#options.prove(subnets, this.#process?.running ?? {}).catch((error: unknown) => {
      if (!(error instanceof CannotAsk)) throw error;
      reason = error.message;
      return 'unknown';
    });
    const words = [fault, reason ?? WORDS[this.#proof]].filter(Boolean).join('; ');
    this.#tell({ serves, answers: ANSWERS[this.#proof], fault: words || undefined });
    if (this.#proof === 'silent') return false;
    this.#proveAt = this.#now() + spread(this.#proof === 'offers' ? PROVE_MS : PROVE_SOON_MS);
    return true;
  }

  /** Notes how it is; what is new is logged. */
  #tell(state: KeaState): void {
    const { log, name } = this.#options;
    const before = this.#state;
    this.#state = state;
    if (state.fault === before.fault && state.serves === before.serves) return;
    if (state.fault === undefined) log.info('DHCP serves what is wanted', { server: name, answers: state.answers });
    else if (state.serves === 'wanted' && state.answers !== false)
      log.warn('DHCP serves what is wanted, which is not proved', { server: name, reason: state.fault });
    else log.warn('DHCP does not serve what is wanted', { server: name, serves: state.serves, reason: state.fault });
  }
}

/** What of an answer or a configuration is of its server. */
const ownPart = (config: KeaMap): KeaMap => (config['Dhcp4'] ?? config['Dhcp6'] ?? {}) as KeaMap;

/** The ids of the subnets in a configuration, as text, in an order of its own: Kea's own file has others, or none. */
function subnetsIn(config: KeaMap): string {
  const listed = (of: KeaMap, ...keys: readonly string[]) =>
    keys.flatMap((key) => (of[key] ?? []) as readonly KeaMap[]);
  const part = ownPart(config);
  const all = [part, ...listed(part, 'shared-networks')].flatMap((one) => listed(one, 'subnet4', 'subnet6'));
  return JSON.stringify(all.map(({ id }) => Number(id)).toSorted((one, other) => one - other));
}

/** About as long, so that not all ask at once, in milliseconds. */
const spread = (ms: number): number => ms * (0.8 + 0.4 * Math.random());
