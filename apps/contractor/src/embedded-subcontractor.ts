import path from 'node:path';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import { Foreman, foremanSettings } from '#foreman';
import type { Logger } from '#kernel';
import { offeredPlatform } from '#platform';
import { agentHalves } from '#platforms/agents';
import { LOGGER } from '#runtime';
import type { SettingsOf } from '#runtime/settings';
import { runtimeSettings } from '#runtime/settings';
import type { InProcessWire } from '#wire';
import { EVERY_SITE, startAgent } from '#wire';

/** How many tasks of a module it takes at a time. */
const LIMIT = 5;
/** How long its tasks may take to end when the server stops. */
const STOP_MS = 5000;
/** The file of the hosts it knows, in the folder of the server's data. */
const KNOWN_HOSTS = 'ssh_known_hosts';

/** Injection token of the wire within the process; undefined where no subcontractor runs inside the server. */
export const EMBEDDED_WIRE = Symbol('EmbeddedWire');

/**
 * The subcontractor that runs inside the server and serves every site. Tasks come from the foreman in the same server
 * alone. Where another server may have become the foreman, what is at work here is given up, before that one takes it to
 * be lost; a foreman that is back before goes on with it.
 */
@Injectable()
export class EmbeddedSubcontractor implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #wire: InProcessWire | undefined;
  readonly #foreman: Foreman;
  readonly #giveUpMs: number;
  readonly #knownHosts: string;
  readonly #log: Logger;
  /** What is under way: starting, stopping. */
  #doing: Promise<void> = Promise.resolve();
  #agent: Awaited<ReturnType<typeof startAgent>> | undefined;
  #givingUp: NodeJS.Timeout | undefined;

  constructor(
    @Inject(EMBEDDED_WIRE) wire: InProcessWire | undefined,
    @Inject(Foreman) foreman: Foreman,
    @Inject(foremanSettings.KEY) { lease }: SettingsOf<typeof foremanSettings>,
    @Inject(runtimeSettings.KEY) { data }: SettingsOf<typeof runtimeSettings>,
    @Inject(LOGGER) log: Logger,
  ) {
    this.#wire = wire;
    this.#foreman = foreman;
    this.#giveUpMs = lease / 2;
    this.#knownHosts = path.join(data, KNOWN_HOSTS);
    this.#log = log;
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.#wire) return;
    this.#foreman.whenLeading((leading) => {
      clearTimeout(this.#givingUp);
      this.#givingUp = undefined;
      if (leading) this.#then(() => this.#start());
      else this.#giveUpLater();
    });
    await this.#doing;
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.#givingUp);
    this.#then(() => this.#stop(STOP_MS));
    await this.#doing;
  }

  /** Where no other server is there to go on, what is at work is never taken to be lost. */
  #giveUpLater(): void {
    this.#givingUp = setTimeout(() => {
      if (this.#foreman.polls.alone) this.#giveUpLater();
      else this.#then(() => this.#stop(0));
    }, this.#giveUpMs).unref();
  }

  #then(task: () => Promise<void>): void {
    this.#doing = this.#doing
      .then(task)
      .catch((error: unknown) => this.#log.error('the embedded subcontractor failed', error));
  }

  async #start(): Promise<void> {
    if (!this.#wire || this.#agent) return;
    const halves = agentHalves(process.env, { knownHosts: this.#knownHosts });
    const modules = Object.fromEntries(
      halves.map((half) => [half.contract.name, { limit: LIMIT, half: offeredPlatform(half) }]),
    );
    const { agent } = this.#wire;
    this.#agent = await startAgent({ wire: agent, name: 'embedded', site: EVERY_SITE, modules, log: this.#log });
  }

  async #stop(within: number): Promise<void> {
    const agent = this.#agent;
    this.#agent = undefined;
    await agent?.stop(within);
  }
}
