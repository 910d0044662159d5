import type { Logger } from '#kernel';
import type { KeaMap } from '../kea/kea-json.ts';
import type { Interfaces } from '../kea/local-links.ts';
import { interfacesBySubnet, ownAddresses } from '../kea/local-links.ts';
import { NOTHING_ADVERTISED, radvdConfiguration } from '../kea/radvd-configuration.ts';
import type { SiteSubnet } from '../subnets/site-subnet.ts';
import { ToldFile } from './told-file.ts';

/** A radvd whose configuration is written here. */
export interface WrittenRadvd {
  /** Its configuration. */
  readonly file: string;
  /** The file with the number of its process, which is told to read its configuration; undefined: nobody is told. */
  readonly pidFile: string | undefined;
}

/** What radvd is to advertise. */
export class RouterAdvertisements {
  readonly #file: ToldFile;
  readonly #name: string;
  readonly #log: Logger;
  #fault: string | undefined;

  constructor(radvd: WrittenRadvd, log: Logger) {
    this.#file = new ToldFile(radvd);
    this.#name = radvd.file;
    this.#log = log;
  }

  /** Writes what is to be advertised, where it has changed, and has radvd read that. */
  async advertise(subnets: readonly SiteSubnet[], running: KeaMap | undefined, interfaces: Interfaces): Promise<void> {
    const links = interfacesBySubnet(subnets, interfaces, running);
    const text = radvdConfiguration(subnets, links, ownAddresses(interfaces)) || NOTHING_ADVERTISED;
    try {
      const changed = await this.#file.write(text);
      if (changed || this.#fault !== undefined)
        this.#log.info('router advertisements are set up', { file: this.#name });
      this.#fault = undefined;
    } catch (error) {
      const reason = (error as Error).message;
      if (reason !== this.#fault)
        this.#log.warn('radvd cannot be told what to advertise', { file: this.#name, reason });
      this.#fault = reason;
    }
  }
}
