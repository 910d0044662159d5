/** What the server says is, or may be, wrong with a text, with its place: lines and columns from 1. */
export interface LintFault {
  readonly severity: string;
  readonly kind: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly message: string;
}

/** A part of a text, by where it begins and ends. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

interface Lines {
  readonly lines: number;
  readonly length: number;
  line(n: number): Part;
}

/** Where in a text a fault is: at least one character where there is one, so that it can be seen. */
export function partOf({ line, column, length }: LintFault, text: Lines): Part {
  const { from, to } = text.line(Math.min(Math.max(1, line), text.lines));
  const begin = Math.min(from + Math.max(0, column - 1), to);
  const end = Math.min(begin + Math.max(1, length), text.length);
  // At the end of a line there is nothing to mark: what is in front of it is.
  return end > begin && begin < to ? { from: begin, to: end } : { from: Math.max(from, begin - 1), to: begin };
}
