import type { EventStore, Position, StoredEvent, Subscription, Upcasters } from '#event-store';
import { recorded } from '#event-store';
import { Progress } from './progress.ts';
import type { Follower } from './reaction.ts';

/** A follower at work. */
export interface Following {
  /** How far it was told of everything. */
  readonly reached: Position;
  readonly progress: Progress;
  stop(): Promise<void>;
}

/** Has a follower told of the log; resolves when it was told of everything that is there. */
export async function follow(
  follower: Follower,
  options: {
    readonly store: EventStore;
    readonly upcasters: Upcasters;
    readonly onError: (error: unknown) => void;
  },
): Promise<Following> {
  const { store, upcasters, onError } = options;
  const { categories, types } = follower;
  const progress = new Progress(onError);
  let reached = await follower.begin();
  const head = await store.head();
  let caughtUp = (): void => undefined;
  const ready = new Promise<void>((resolve) => (caughtUp = resolve));
  const handle = async (events: readonly StoredEvent[], end: Position): Promise<void> => {
    const meant = types ? events.filter(({ type }) => types.includes(type)) : events;
    await follower.handle(
      meant.map((event) => recorded(event, upcasters)),
      end,
    );
    reached = end;
    progress.goesWell();
    if (reached >= head) caughtUp();
  };
  progress.goesWell();
  const subscription: Subscription = store.subscribe(reached, handle, {
    categories,
    onError: (error) => progress.failed(error),
  });
  if (reached < head) await ready;
  return {
    get reached() {
      return reached;
    },
    progress,
    stop: () => subscription.stop(),
  };
}
