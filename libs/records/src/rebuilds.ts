import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#event-store';
import { CLOCK } from '#event-store';
import type { CommandMetadata, Fault, Logger } from '#kernel';
import { Refusal, refuse } from '#kernel';
import type { Projector, ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { LOGGER } from '#runtime';

/** How far something has come that makes read models anew. */
interface Course {
  /** The request that asked for it; null: the server began it by itself, because a model has another shape now. */
  readonly id: string | null;
  readonly models: readonly string[];
  /** Events read so far. */
  readonly events: number;
  /** Events per second. */
  readonly rate: number;
}

/** A rebuild under way. */
export interface UnderWay extends Course {
  /** Seconds it will take; null: that cannot be told yet. */
  readonly remaining: number | null;
}

/** How a rebuild ended. */
export interface Ended extends Course {
  readonly outcome: 'done' | 'failed';
  /** Why it failed. */
  readonly message: string | null;
  /** Who asked for it. */
  readonly by: string;
  /** When it was over, ISO 8601. */
  readonly ended: string;
}

/** Who asked for it, and under which id. */
type Asked = Pick<CommandMetadata, 'request' | 'actor'>;

/** Rebuilds of read models that this server was asked for. They go on in the background, one at a time. */
@Injectable()
export class Rebuilds {
  readonly #projector: Projector;
  readonly #clock: Clock;
  readonly #log: Logger;
  #asked: string | undefined;
  #last: Ended | undefined;

  constructor(@Inject(READ_STORE) { projector }: ReadStore, @Inject(CLOCK) clock: Clock, @Inject(LOGGER) log: Logger) {
    this.#projector = projector;
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * Begins to make read models anew; all of them where none are named.
   * @returns its id. @throws Refusal `UNKNOWN`, `NOT_PROJECTING`, `REBUILD_UNDER_WAY`
   */
  begin(names: readonly string[], asked: Asked): string {
    const projector = this.#projector;
    const log = this.#log;
    const models = chosen(names, projector);
    if (!projector.leading) {
      throw refuse('', 'NOT_PROJECTING', 'another server keeps the read models; it has to be asked');
    }
    if (this.#busy) throw refuse('', 'REBUILD_UNDER_WAY', 'a rebuild is under way already');
    this.#asked = asked.request;
    log.info('a rebuild was asked for', { by: asked.actor, models, request: asked.request });
    projector.rebuild(models).then(
      () => this.#end(asked, models, null),
      (error: Error) => {
        log.error('a rebuild failed', error);
        this.#end(asked, models, error.message);
      },
    );
    return asked.request;
  }

  /** The one under way. */
  get underWay(): UnderWay | null {
    const { progress } = this.#projector;
    if (!this.#busy || !progress) return null;
    const { models, remaining } = progress;
    return {
      id: this.#asked ?? null,
      models,
      ...this.#pace(),
      remaining: remaining === null ? null : Math.ceil(remaining),
    };
  }

  /** How the last one ended. */
  get last(): Ended | null {
    return this.#last ?? null;
  }

  get #busy(): boolean {
    return this.#asked !== undefined || this.#projector.rebuilding;
  }

  #end({ request: id, actor: by }: Asked, models: readonly string[], message: string | null): void {
    this.#asked = undefined;
    const outcome = message === null ? 'done' : 'failed';
    this.#last = { id, by, models, ...this.#pace(), outcome, message, ended: this.#clock.now() };
  }

  #pace(): Pick<Course, 'events' | 'rate'> {
    const { events = 0, rate = 0 } = this.#projector.progress ?? {};
    return { events, rate: Math.round(rate) };
  }
}

/** The names of the models that are meant. @throws Refusal where there is no such model */
function chosen(names: readonly string[], { models }: Pick<Projector, 'models'>): string[] {
  const known = models.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Refusal(unknown.map((name) => notOne(name, known)));
  return names.length === 0 ? known : known.filter((name) => names.includes(name));
}

const notOne = (name: string, known: readonly string[]): Fault => ({
  field: 'models',
  code: 'UNKNOWN',
  text: `${JSON.stringify(name)} is no read model; there are ${known.toSorted().join(', ')}`,
});
