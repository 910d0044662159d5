import { createHash } from 'node:crypto';
import type { Answer } from './answer.ts';
import { isKnown } from './etag.ts';
import { problemPath } from './paths.ts';
import type { ProblemName } from './problem.ts';
import { PROBLEMS } from './problem.ts';

/** Something that is the same for everybody, for as long as the server runs. */
export interface Constant {
  /** Its text, JSON. */
  readonly bytes: Buffer;
  readonly etag: string;
}

/** Prepares something that stays the same for being asked often. */
export const constant = (body: unknown): Constant => constantOf(JSON.stringify(body));

/** The same for a text that is written already. */
export function constantOf(text: string): Constant {
  const bytes = Buffer.from(text);
  return { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"` };
}

/** The answer to who asks for something that stays the same. @throws Problem */
export function constantAnswer({ bytes, etag }: Constant, ifNoneMatch: string | undefined): Answer {
  const headers = { ETag: etag, 'Cache-Control': 'public, no-cache' };
  return isKnown(ifNoneMatch, etag) ? { status: 304, headers } : { status: 200, headers, bytes };
}

/** What a problem means, for those who follow its type. */
export const problemPage = (name: ProblemName): Constant => constant({ type: problemPath(name), ...PROBLEMS[name] });
