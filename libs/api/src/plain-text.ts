/** An answer of a page that is plain text, not JSON. */
export class PlainText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Where it is no page, it is a text in JSON. */
  toJSON(): string {
    return this.text;
  }
}
