import { randomBytes } from 'node:crypto';
import { readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { NatsAccess } from '#auth';
import { natsServices } from '#auth';
import type { EventStore, Position } from '#event-store';
import { EVENT_STORE } from '#event-store';
import type { Logger } from '#kernel';
import type { Follower } from '#reactions';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { LOGGER } from '#runtime';
import { BadSetting } from '#runtime/settings';

/** How long a change is waited for that has just been made, in milliseconds; it is tried again after that. */
const TIMEOUT_MS = 5000;

/** Where the configuration of NATS is written, and how; undefined file: nowhere. */
export interface NatsConfigurationOptions {
  readonly file: string | undefined;
  readonly access: NatsAccess;
}

/** Injection token of {@link NatsConfigurationOptions}. */
export const NATS_CONFIGURATION = Symbol('NatsConfiguration');

/** Keeps a file that says whom a NATS server is to let in up with the services; the NATS server is told by an operator. */
@Injectable()
export class NatsConfigurationFile {
  constructor(
    @Inject(NATS_CONFIGURATION) private readonly options: NatsConfigurationOptions,
    @Inject(READ_STORE) private readonly reads: ReadStore,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** One that rewrites the file after every change of a service; none where no file is wanted. */
  get followers(): readonly Follower[] {
    const { file } = this.options;
    if (file === undefined) return [];
    return [
      {
        kind: 'follower',
        name: 'NATS configuration',
        categories: ['service'],
        begin: async () => {
          const head = await this.store.head();
          await this.#write(file, head).catch((error: Error) => {
            throw new BadSetting('CONTRACTOR_NATS_CONFIG', file, `cannot be written: ${error.message}`);
          });
          return head;
        },
        handle: async (events) => {
          const last = events.at(-1);
          if (last) await this.#write(file, last.position);
        },
      },
    ];
  }

  /** @throws Error where what has happened cannot be read yet, or the file cannot be written */
  async #write(file: string, position: Position): Promise<void> {
    if (!(await this.reads.projector.caughtUp(position, TIMEOUT_MS))) throw new Error('the read models are behind');
    const text = this.options.access.configuration(await natsServices(this.reads.now), true);
    if ((await readFile(file, 'utf8').catch(() => undefined)) === text) return;
    const draft = `${file}.${randomBytes(4).toString('hex')}`;
    try {
      await writeFile(draft, text, { flag: 'wx' });
      await rename(draft, file);
    } catch (error) {
      await unlink(draft).catch(() => undefined);
      throw error;
    }
    this.log.info('the configuration of NATS was written; have the NATS server read it', { file });
  }
}
