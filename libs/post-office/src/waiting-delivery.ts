/** A delivery that is to be made. */
export interface NewDelivery {
  /** Who gets it, by an id that no other receiver ever has. */
  readonly subscriber: string;
  /** Of the delivery, as its receiver is told it. */
  readonly id: string;
  /** What it is about: deliveries about one object are made in their order. */
  readonly object: string;
  readonly kind: string;
  readonly body: string;
  /** W3C `traceparent` of the span its event was decided in; undefined: that was not traced. */
  readonly trace?: string | undefined;
}

/** A delivery that waits, as the ledger has it. */
export interface WaitingDelivery extends Omit<NewDelivery, 'body'> {
  readonly n: number;
  readonly tries: number;
  /** In milliseconds since 1970. */
  readonly firstFailed: number | undefined;
  readonly nextTry: number | undefined;
}

/** The columns that {@link waitingOf} reads. */
export const WAITING_COLUMNS = `n::text, subscriber, id, object, kind, tries, trace,
  extract(epoch FROM first_failed) * 1000 AS first_failed, extract(epoch FROM next_try) * 1000 AS next_try`;

/** A delivery that waits, as the database tells it. */
export interface WaitingRow {
  readonly n: string;
  readonly subscriber: string;
  readonly id: string;
  readonly object: string;
  readonly kind: string;
  readonly tries: number;
  readonly trace: string | null;
  readonly first_failed: string | null;
  readonly next_try: string | null;
}

/** A delivery that waits, out of its row. */
export const waitingOf = ({ n, trace, first_failed: failed, next_try: next, ...row }: WaitingRow): WaitingDelivery => ({
  ...row,
  n: Number(n),
  trace: trace ?? undefined,
  firstFailed: failed === null ? undefined : Number(failed),
  nextTry: next === null ? undefined : Number(next),
});
