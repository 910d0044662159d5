/** Where progress is shown. */
export type ProgressOutput = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Goes to the begin of the line and clears it. */
const AFRESH = '\r\u001b[K';

/** Shows how far something has come: on a terminal on one line, elsewhere on a line for each report. */
export class ProgressLine {
  readonly #output: ProgressOutput;
  #shown = '';

  constructor(output: ProgressOutput) {
    this.#output = output;
  }

  /** Shows a report, unless it says what the one before says. */
  show(text: string): void {
    if (text === this.#shown) return;
    this.#shown = text;
    this.#output.write(this.#output.isTTY ? `${AFRESH}${text}` : `${text}\n`);
  }

  /** What is written from now on begins on a line of its own. */
  end(): void {
    if (this.#output.isTTY && this.#shown !== '') this.#output.write('\n');
    this.#shown = '';
  }
}
