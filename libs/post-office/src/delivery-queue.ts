/** A delivery that waits. */
export interface Waiting {
  /** Its number in the ledger: smaller ones come first. */
  readonly n: number;
  /** What it is about; deliveries about one object are made one after the other. */
  readonly object: string;
  /** What is to be sent; undefined: it is read from the ledger when its turn comes. */
  readonly body?: string | undefined;
  readonly id: string;
  /** How often it was tried. */
  readonly tries: number;
  /** When it first failed, in milliseconds since 1970. */
  readonly firstFailed?: number | undefined;
}

/** The deliveries about one object. */
interface Line {
  /** In their order; the first is the one to be made. */
  readonly waiting: Waiting[];
  busy: boolean;
  /** Not before this moment, in milliseconds since 1970. */
  notBefore: number;
  ready: boolean;
}

/**
 * The deliveries that wait for one receiver. Those about one object are made in their order, one at a time; those about
 * others do not wait for them. Pure: it knows no clock and sends nothing.
 */
export class DeliveryQueue {
  readonly #lines = new Map<string, Line>();
  /** Objects whose first delivery may be made now, in the order in which they became so. */
  readonly #ready: string[] = [];
  /** Objects that pause after a failure. */
  readonly #paused = new Set<string>();
  #size = 0;
  /** No pause ends before this moment. */
  #soonest = Number.POSITIVE_INFINITY;

  /** How many wait, those under way among them. */
  get size(): number {
    return this.#size;
  }

  /** How many objects pause after a failure. */
  get paused(): number {
    return this.#paused.size;
  }

  /** How many objects have a delivery that may be made now. */
  get ready(): number {
    return this.#ready.length;
  }

  /** Takes one up, in the place that its number gives it. @param notBefore in milliseconds since 1970 */
  add(delivery: Waiting, notBefore = 0): void {
    const line = this.#lines.get(delivery.object) ?? { waiting: [], busy: false, notBefore: 0, ready: false };
    this.#lines.set(delivery.object, line);
    const isLast = (line.waiting.at(-1)?.n ?? 0) < delivery.n;
    if (!isLast && line.waiting.some(({ n }) => n === delivery.n)) return;
    let at = line.waiting.length;
    // What is under way stays first.
    const first = line.busy ? 1 : 0;
    while (at > first && (line.waiting[at - 1]?.n ?? 0) > delivery.n) at -= 1;
    line.waiting.splice(at, 0, delivery);
    this.#size += 1;
    if (at === 0 && !line.busy) this.#pauseUntil(delivery.object, line, notBefore);
  }

  /** The next one that may be made, which is under way from now on; undefined: there is none. */
  take(now: number): Waiting | undefined {
    this.wake(now);
    const object = this.#ready.shift();
    const line = object === undefined ? undefined : this.#lines.get(object);
    if (!line) return undefined;
    line.ready = false;
    line.busy = true;
    return line.waiting[0];
  }

  /** One is over: made, or given up. */
  done({ object }: Pick<Waiting, 'object'>): void {
    const line = this.#lines.get(object);
    if (!line) return;
    line.waiting.shift();
    this.#size -= 1;
    line.busy = false;
    if (line.waiting.length === 0) this.#lines.delete(object);
    else this.#pauseUntil(object, line, 0);
  }

  /** One has failed, and is to be tried again at a moment, in milliseconds since 1970. */
  failed(delivery: Waiting, notBefore: number): void {
    const line = this.#lines.get(delivery.object);
    if (!line) return;
    line.waiting[0] = delivery;
    line.busy = false;
    this.#pauseUntil(delivery.object, line, notBefore);
  }

  /** Ends the pauses that are over by a moment. */
  wake(now: number): void {
    if (now < this.#soonest) return;
    this.#soonest = Number.POSITIVE_INFINITY;
    for (const object of this.#paused) {
      const line = this.#lines.get(object);
      if (line && line.notBefore > now) {
        this.#soonest = Math.min(this.#soonest, line.notBefore);
        continue;
      }
      this.#paused.delete(object);
      if (line) this.#makeReady(object, line);
    }
  }

  /** Ends all pauses. */
  wakeAll(): void {
    this.wake(Number.POSITIVE_INFINITY);
  }

  /** When the first pause ends, in milliseconds since 1970; undefined: nothing pauses. */
  get nextWake(): number | undefined {
    return this.#paused.size === 0 ? undefined : this.#soonest;
  }

  #pauseUntil(object: string, line: Line, notBefore: number): void {
    line.notBefore = notBefore;
    if (notBefore > 0) {
      this.#paused.add(object);
      this.#soonest = Math.min(this.#soonest, notBefore);
    } else this.#makeReady(object, line);
  }

  #makeReady(object: string, line: Line): void {
    line.notBefore = 0;
    if (line.ready || line.busy) return;
    line.ready = true;
    this.#ready.push(object);
  }
}
