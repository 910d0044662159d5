import type { UndoRule } from '#event-sourcing';
import { notUndone } from '#event-sourcing';
import { box } from './box.ts';
import { post } from './post.ts';
import { subscription } from './subscription.ts';

/** How what a request did to webhooks is undone: it is not, for receivers have been told meanwhile, or have the key. */
export const postOfficeUndos: readonly UndoRule[] = [
  notUndone(subscription, 'delete the subscription, or make it anew: its key and its place in the log go with it'),
  notUndone(box, 'delete the box, or make it anew'),
  notUndone(post, 'what was sent is not taken back'),
];
