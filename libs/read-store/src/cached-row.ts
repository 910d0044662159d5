import type { Position } from '#event-store';

/** A row as a view holds it, and what was last made of it. */
export class CachedRow<Row extends object = object> {
  readonly row: Row;
  /** Since which position the row is as it is. */
  readonly since: Position;
  /** The length of its text, in characters. */
  readonly length: number;
  /** For who keeps it: whether it was asked for since that was last looked at. */
  used = false;
  #maker: object | undefined;
  #kind: object | undefined;
  #made: unknown;

  constructor(row: Row, since: Position, length: number) {
    this.row = row;
    this.since = since;
    this.length = length;
  }

  /**
   * What `make` makes of the row, made anew only where something else was made of it last. Rows of now stay in memory, so
   * what is shown of one that is asked for again and again need not be made each time.
   * @param maker who makes it; with `kind` it tells all about what is made but the row
   */
  memo<T>(maker: object, kind: object, make: () => T): T {
    if (this.#maker !== maker || this.#kind !== kind) {
      this.#made = make();
      this.#maker = maker;
      this.#kind = kind;
    }
    return this.#made as T;
  }
}
