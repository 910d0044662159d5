/** What was away or ill, and when, in milliseconds of `performance.now()`. */
export interface Outage {
  readonly what: string;
  /** Name of the program it concerns; all where none is told. */
  readonly program?: string;
  readonly from: number;
  to: number;
  /** A server that says `ok` meanwhile lies. */
  readonly mustBeTold: boolean;
}

/** What was done to the installation, in its order. */
export class Outages {
  readonly all: Outage[] = [];
  readonly counts = new Map<string, number>();
  readonly #say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** Counts a fault, says it, and notes how long it lasts: from now until the task has ended. */
  async during(outage: Omit<Outage, 'from' | 'to'>, how: string, task: () => Promise<unknown>): Promise<void> {
    this.counts.set(outage.what, (this.counts.get(outage.what) ?? 0) + 1);
    this.#say(`${outage.what}: ${how}`);
    const noted: Outage = { ...outage, from: performance.now(), to: Number.POSITIVE_INFINITY };
    this.all.push(noted);
    try {
      await task();
    } finally {
      noted.to = performance.now();
    }
  }
}
