/** One reason why a request cannot be granted. */
export interface Fault {
  /** The field at fault, in the words of the API; `''` where the request as a whole is at fault. */
  readonly field: string;
  /** Stable code, for programs. */
  readonly code: string;
  /** For people. */
  readonly text: string;
  /** What is wrong in full, with the value and the rule, where `text` has the words that old clients know and says less. */
  readonly rule?: string;
  /** Where in the value of the field, where that is known (`ports.0.name`). */
  readonly path?: string;
  /** Name of the exception class old clients know the code by (`ForemanException`), where there is one. */
  readonly exception?: string;
}

/** A request that was understood and cannot be granted; the caller may read why. */
export class Refusal extends Error {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(faults.map((fault) => (fault.field ? `${fault.field}: ${fault.text}` : fault.text)).join('; '));
    this.name = 'Refusal';
    this.faults = faults;
  }
}

/** Refuses because of one field. */
export const refuse = (field: string, code: string, text: string, rule?: string): Refusal =>
  new Refusal([{ field, code, text, ...(rule === undefined ? {} : { rule }) }]);

/** Refuses the request as a whole, with the exception class and code that programs act on. */
export const refuseAs = (exception: string, code: string, text: string): Refusal =>
  new Refusal([{ field: '', code, text, exception }]);

/** Somebody else was faster: the streams a command read have moved on since. */
export class Conflict extends Error {
  readonly streams: readonly string[];

  constructor(streams: readonly string[]) {
    super(`changed meanwhile: ${streams.join(', ')}`);
    this.name = 'Conflict';
    this.streams = streams;
  }
}
