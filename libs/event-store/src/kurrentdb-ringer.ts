import type { AllStreamSubscription } from '@kurrent/kurrentdb-client';
import type { Position } from './event-store.ts';
import type { KurrentConnection } from './kurrentdb-connection.ts';

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5_000;

/**
 * Rings when anybody has appended. A subscription that is lost is taken up again, after pauses that grow; until
 * then polling serves.
 */
export class KurrentRinger {
  readonly #connection: KurrentConnection;
  readonly #ring: (position?: Position) => void;
  #subscription: AllStreamSubscription | undefined;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #stopped = false;

  /** `ring` is told where the new event stands, or rung without where something may have been missed. */
  constructor(connection: KurrentConnection, ring: (position?: Position) => void) {
    this.#connection = connection;
    this.#ring = ring;
  }

  start(): void {
    const { writer, filter } = this.#connection;
    const subscription = writer.subscribeToAll({ fromPosition: 'end', filter });
    this.#subscription = subscription;
    const lost = () => this.#lost(subscription);
    subscription.on('confirmation', () => {
      this.#failures = 0;
      this.#ring();
    });
    subscription.on('data', ({ commitPosition }) => this.#ring(commitPosition));
    subscription.on('error', lost);
    subscription.on('end', lost);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    await this.#subscription?.unsubscribe().catch(() => undefined);
  }

  #lost(subscription: AllStreamSubscription): void {
    if (this.#stopped || subscription !== this.#subscription) return;
    this.#subscription = undefined;
    subscription.destroy();
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#failures);
    this.#failures += 1;
    this.#retry = setTimeout(() => this.start(), pause);
  }
}
