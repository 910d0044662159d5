import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from '#kernel';
import { offeredPlatform } from '#platform';
import { agentHalves } from '#platforms/agents';
import { LOGGER } from '#runtime';
import type { InProcessWire } from '#wire';
import { EVERY_SITE, startAgent } from '#wire';

/** How many tasks of a module it takes at a time. */
const LIMIT = 5;
/** How long its tasks may take to end when the server stops. */
const STOP_MS = 5000;

/** Injection token of the wire within the process; undefined where no subcontractor runs inside the server. */
export const EMBEDDED_WIRE = Symbol('EmbeddedWire');

/** The subcontractor that runs inside the server and serves every site. */
@Injectable()
export class EmbeddedSubcontractor implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #wire: InProcessWire | undefined;
  readonly #log: Logger;
  #agent: Awaited<ReturnType<typeof startAgent>> | undefined;

  constructor(@Inject(EMBEDDED_WIRE) wire: InProcessWire | undefined, @Inject(LOGGER) log: Logger) {
    this.#wire = wire;
    this.#log = log;
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.#wire) return;
    const modules = Object.fromEntries(
      agentHalves(process.env).map((half) => [half.contract.name, { limit: LIMIT, half: offeredPlatform(half) }]),
    );
    const { agent } = this.#wire;
    this.#agent = await startAgent({ wire: agent, name: 'embedded', site: EVERY_SITE, modules, log: this.#log });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#agent?.stop(STOP_MS);
  }
}
