import type { CommandMetadata, Fault } from '#kernel';
import { Refusal, refuse } from '#kernel';
import type { Projector } from '#read-store';
import type { AppContext } from '#runtime';

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

type Wish = Pick<CommandMetadata, 'request' | 'actor'>;

/** Rebuilds of read models that this server was asked for. They go on in the background, one at a time. */
export class Rebuilds {
  readonly #ground: AppContext;
  #asked: string | undefined;
  #last: Ended | undefined;

  constructor(ground: AppContext) {
    this.#ground = ground;
  }

  /**
   * Begins to make read models anew; all of them where none are named.
   * @returns its id. @throws Refusal `UNKNOWN`, `NOT_PROJECTING`, `REBUILD_UNDER_WAY`
   */
  begin(names: readonly string[], wish: Wish): string {
    const { log, reads } = this.#ground;
    const { projector } = reads;
    const models = chosen(names, projector);
    if (!projector.leading) {
      throw refuse('', 'NOT_PROJECTING', 'another server keeps the read models; it has to be asked');
    }
    if (this.#busy) throw refuse('', 'REBUILD_UNDER_WAY', 'a rebuild is under way already');
    this.#asked = wish.request;
    log.info('a rebuild was asked for', { by: wish.actor, models, request: wish.request });
    projector.rebuild(models).then(
      () => this.#end(wish, models, null),
      (error: Error) => {
        log.error('a rebuild failed', error);
        this.#end(wish, models, error.message);
      },
    );
    return wish.request;
  }

  /** The one under way. */
  get underWay(): UnderWay | null {
    const { progress } = this.#ground.reads.projector;
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
    return this.#asked !== undefined || this.#ground.reads.projector.rebuilding;
  }

  #end({ request: id, actor: by }: Wish, models: readonly string[], message: string | null): void {
    this.#asked = undefined;
    const outcome = message === null ? 'done' : 'failed';
    this.#last = { id, by, models, ...this.#pace(), outcome, message, ended: this.#ground.clock.now() };
  }

  #pace(): Pick<Course, 'events' | 'rate'> {
    const { events = 0, rate = 0 } = this.#ground.reads.projector.progress ?? {};
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
