import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from '#kernel';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { LOGGER } from '#runtime';
import { ImageFiles } from './image-files.ts';
import { images } from './images.ts';

/** How often files are looked through, in milliseconds. */
const EVERY_MS = 3600_000;
/** For how long files stay that no image has, in milliseconds: a deletion can be undone meanwhile. */
export const KEPT_MS = 86_400_000;

/** Removes files that no image has had for a day, and what was left of uploads: every server in its own folder. */
@Injectable()
export class CleanImageFiles implements OnApplicationBootstrap, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  readonly #since = new Map<string, number>();

  constructor(
    @Inject(ImageFiles) private readonly files: ImageFiles,
    @Inject(READ_STORE) private readonly reads: ReadStore,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => this.#look(), EVERY_MS).unref();
    this.#look();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  #look(): void {
    this.#running = this.#running
      .then(() => this.clean(Date.now()))
      .catch((error: unknown) => this.log.error('files of images could not be looked through', error));
  }

  /** @param now milliseconds since 1970 */
  async clean(now: number): Promise<void> {
    const there = new Set<string>();
    const isNeeded = async (sha256: string): Promise<boolean> => {
      const { total } = await this.reads.now.keys(images, { where: { kept: sha256 }, count: 1 });
      if (total > 0) return true;
      // Since when no image has it is known from the first look at which that was so.
      there.add(sha256);
      const since = this.#since.get(sha256) ?? now;
      this.#since.set(sha256, since);
      return now - since < KEPT_MS;
    };
    const removed = await this.files.clean(isNeeded, now - KEPT_MS, now);
    for (const sha256 of this.#since.keys()) {
      if (!there.has(sha256) || removed.includes(sha256)) this.#since.delete(sha256);
    }
    if (removed.length > 0) this.log.info('files of images that nobody needs were removed', { files: removed.length });
  }
}
