/** The names of what can go wrong with a template, as the first server called them. */
export type FaultKind =
  | 'TemplateSyntaxError'
  | 'TemplateAssertionError'
  | 'TemplateRuntimeError'
  | 'UndefinedError'
  | 'TypeError'
  | 'ValueError'
  | 'IndexError'
  | 'KeyError'
  | 'AttributeError'
  | 'ZeroDivisionError'
  | 'OverflowError'
  | 'FilterArgumentError'
  | 'SecurityError'
  | 'LimitError';

/** A template that cannot be read or rendered, in words for the one who wrote it. */
export class TemplateFault extends Error {
  readonly kind: FaultKind;
  /** Where it is, counted from 1; known for what is found while reading. */
  readonly line: number | undefined;

  constructor(kind: FaultKind, message: string, line?: number) {
    super(message);
    this.name = 'TemplateFault';
    this.kind = kind;
    this.line = line;
  }

  /** Whether the text is no template at all, as opposed to one that cannot be rendered with these values. */
  get inText(): boolean {
    return this.kind === 'TemplateSyntaxError' || this.kind === 'TemplateAssertionError';
  }
}
