import { randomBytes } from 'node:crypto';

/** What every id of a person begins with, and no login name does. */
export const PERSON_PREFIX = 'person.';

/** Digits and letters behind it. */
const DIGITS = 22;
/** Random bits at the end of an id; before them stands the time it was made at, so ids are in the order they were made in. */
const RANDOM_BITS = 64n;
/** How many of its last characters an erased person is known by. */
const SHOWN = 8;

const PERSON_ID = new RegExp(`^person\\.[0-9a-z]{${DIGITS}}$`);

/** Ids of persons in a text, each with what is sealed for that person behind it: `person.<id>~<sealed>`. */
export const PERSON_IDS = new RegExp(`person\\.[0-9a-z]{${DIGITS}}(?![0-9a-z])(?:~[\\w-]{38,})?`, 'g');

/**
 * A new id for a person: it stands for the login name wherever that would stand for long, and tells nothing of it. In small
 * letters, because stores of events do not tell them from capital ones.
 * @param now milliseconds since 1970
 */
export function newPersonId(now: number): string {
  const number = (BigInt(now) << RANDOM_BITS) | randomBytes(8).readBigUInt64BE();
  return PERSON_PREFIX + number.toString(36).padStart(DIGITS, '0');
}

/** Whether a text is the id of a person; no login name is. */
export const isPersonId = (text: string): boolean => PERSON_ID.test(text);

/** What is told in the place of the name of somebody who was erased; always the same of the same person. */
export const erasedName = (id: string): string => `erased user ${id.slice(-SHOWN)}`;

/** The end of the ids that this may stand for; undefined: it stands for no erased person. */
export const endOfErased = (text: string): string | undefined => /^erased user ([0-9a-z]{8})$/.exec(text)?.[1];
