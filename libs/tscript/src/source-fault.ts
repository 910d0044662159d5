import { type SourceText, describeAt, excerptAt, placeAt } from './source-text.ts';

/** What is wrong with a source: the grammar is broken, or one of the rules about what may stand where. */
export type SourceFaultKind =
  | 'syntax'
  | 'nesting'
  | 'option'
  | 'option-type'
  | 'label'
  | 'duplicate-label'
  | 'repeated-name'
  | 'loop-word'
  | 'number';

/** Something that keeps a source from being compiled. Lines and columns count from 1, lengths in UTF-16 units. */
export interface SourceFault {
  readonly kind: SourceFaultKind;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** One sentence. */
  readonly message: string;
  /** What stands at the place, in words. */
  readonly found: string;
  /** What could have stood there, in words; empty when the grammar was kept. */
  readonly expected: readonly string[];
  /** The line of the source with a caret under the place. */
  readonly excerpt: string;
  /** Where the outermost statement that contains the place begins. */
  readonly statement: { readonly line: number; readonly column: number };
}

/** Thrown when a source with faults is to be compiled. */
export class ScriptFault extends Error {
  override readonly name = 'ScriptFault';

  constructor(readonly faults: readonly SourceFault[]) {
    const [first] = faults;
    super(
      first === undefined ? 'the script has faults' : `line ${first.line} column ${first.column}: ${first.message}`,
    );
  }
}

/** A fault at a stretch of the source. */
export function faultAt(
  source: SourceText,
  kind: SourceFaultKind,
  place: { readonly offset: number; readonly length: number; readonly statement: number },
  words: { readonly message: string; readonly expected?: readonly string[] },
): SourceFault {
  const { line, column } = placeAt(source, place.offset);
  return {
    kind,
    line,
    column,
    length: place.length,
    message: words.message,
    found: describeAt(source.text, place.offset).words,
    expected: words.expected ?? [],
    excerpt: excerptAt(source, place.offset, place.length),
    statement: placeAt(source, place.statement),
  };
}
