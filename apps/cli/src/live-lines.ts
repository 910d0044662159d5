import { stripVTControlCharacters } from 'node:util';

/** A terminal, or a file or pipe in its place. */
export type LiveOutput = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** Size of a terminal that does not tell its own, or tells 0. */
const USUAL = { columns: 80, rows: 24 } as const;
/** Clears from the cursor to the end of the screen. */
const CLEAR_BELOW = '\u001b[J';
const up = (lines: number): string => (lines > 0 ? `\u001b[${lines}A` : '');

/** Lines of a terminal that are drawn again in place, whenever they change; elsewhere nothing is ever drawn again. */
export class LiveLines {
  readonly #output: LiveOutput;
  #drawn = 0;

  constructor(output: LiveOutput) {
    this.#output = output;
  }

  get isTerminal(): boolean {
    return this.#output.isTTY === true;
  }

  /** How many lines fit. */
  get rows(): number {
    return Math.max((this.#output.rows || USUAL.rows) - 1, 1);
  }

  /** Draws lines in the place of those that were drawn before: no more, and no longer, than fit. */
  draw(lines: readonly string[]): void {
    const width = this.#output.columns || USUAL.columns;
    const fit =
      lines.length <= this.rows
        ? lines
        : [...lines.slice(0, this.rows - 1), `… and ${lines.length - this.rows + 1} more`];
    const text = fit.map((line) => `${cut(line, width)}\n`).join('');
    this.#output.write(`${up(this.#drawn)}\r${CLEAR_BELOW}${text}`);
    this.#drawn = fit.length;
  }

  /** What is drawn from now on begins below. */
  keep(): void {
    this.#drawn = 0;
  }
}

/** A line as far as it fits, without what would move the cursor. */
function cut(line: string, width: number): string {
  const plain = stripVTControlCharacters(line).replace(/\p{Cc}/gu, ' ');
  return plain.length <= width ? plain : `${plain.slice(0, width - 1)}…`;
}
