import { checkPattern } from '#api';
import type { UnitOfWork } from '#kernel';
import { isPersonId } from '#people';

/** How many characters the name of a user, a group or a service has at most. */
export const MAX_NAME_LENGTH = 150;

/** What can stand in a URI and a header. */
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
/** Names that stand in the log for somebody else. */
const TAKEN = new Set(['system', 'AnonymousUser']);

/** Names that accounts have because of what they are for; they are nobody's, so nothing stands for them. */
export const PRODUCT_NAMES: ReadonlySet<string> = new Set(['root', 'bootstrap', 'jobsig']);

/** Whether anybody could be called so; of other texts nothing is looked up or kept. */
export const canBeName = (text: string): boolean => text.length <= MAX_NAME_LENGTH && NAME.test(text);

/** Checks the name of somebody new. */
export function checkName(work: UnitOfWork, name: string): void {
  checkPattern(work, 'name', name, 'Invalid', {
    pattern: NAME,
    rule: 'letters, digits, "_", "." and "-", with a letter or a digit first',
  });
  if (TAKEN.has(name) || isPersonId(name)) work.fault('name', 'RESERVED', `"${name}" stands for somebody else`);
}
