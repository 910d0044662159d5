import { createHash } from 'node:crypto';
import { writeJson } from '#kernel';
import type { Outcome } from '#wire';

/** What an outcome is known by when it is said again. */
export const outcomeDigest = (outcome: Outcome): string =>
  createHash('sha256').update(writeJson(outcome)).digest('base64url');
