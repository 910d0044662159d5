import type { UndoRule } from '#event-sourcing';
import { notUndone } from '#event-sourcing';
import { group } from './group.ts';
import { service } from './service.ts';
import { person } from './person.ts';
import { superusers } from './superusers.ts';
import { user } from './user.ts';

/**
 * Why nothing that concerns who may do what is undone: giving somebody a right back needs the rights that granting it
 * needs, and passwords, tokens and sessions that are gone do not come back.
 */
const BY_HAND = 'who may log in, and what they may do, is changed back by hand (contractor user, group, service)';

/** How what a request did to accounts is undone: it is not. */
export const authUndos: readonly UndoRule[] = [
  notUndone(user, BY_HAND),
  notUndone(group, BY_HAND),
  notUndone(service, BY_HAND),
  notUndone(superusers, BY_HAND),
  notUndone(person, 'who somebody was is gone for good'),
];
