import type { UnitOfWork } from '#kernel';

/** What texts of a kind look like. */
export interface NamePattern {
  readonly pattern: RegExp;
  /** What it asks for, to stand behind "must be". */
  readonly rule: string;
}

/** Names of most things: letters, digits, `_` and `-`, not beginning with the last two. */
export const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_-]*$/;

const ANY_NAME: NamePattern = {
  pattern: NAME,
  rule: 'letters, digits, "_" and "-", with a letter or a digit first',
};

/**
 * Refuses a text that is no name; none at all is for others to refuse.
 * @param text what old clients know this fault by
 */
export function checkPattern(
  work: UnitOfWork,
  field: string,
  value: string | null,
  text: 'Invalid' | 'invalid',
  { pattern, rule }: NamePattern = ANY_NAME,
): void {
  if (value && !pattern.test(value)) {
    work.fault(field, 'PATTERN', text, { rule: `${JSON.stringify(value)} must be ${rule}` });
  }
}

/** Whether clients of all kinds can write this id in a URI; many take the segments `.` and `..` out of a path. */
export const isAddressable = (id: unknown): boolean =>
  typeof id !== 'string' || id === '' || /^(?!\.\.?$)[a-zA-Z0-9\-_.!~*']+$/.test(id);
