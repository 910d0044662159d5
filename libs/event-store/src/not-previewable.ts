import type { Refusal } from '#kernel';
import { refuse } from '#kernel';

/**
 * Why something cannot be previewed: what it does beside the log, or hands out once, would have to be done already.
 * @param what the command, or what is asked for, in words
 */
export const notPreviewable = (what: string, reason: string): Refusal =>
  refuse('', 'NOT_PREVIEWABLE', `${what} cannot be previewed: ${reason}`);
