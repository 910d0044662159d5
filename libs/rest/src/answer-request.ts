import { ClientGone, newRequestId } from '#http';
import type { HttpAnswer, HttpRequest } from '#http';
import type { Caller } from '#kernel';
import type { Answer } from './answer.ts';
import { onTheWire, problemAnswer } from './answer.ts';
import type { Identify } from './headers.ts';
import { callerOf } from './headers.ts';
import { pathOf } from './paths.ts';
import type { ProblemName } from './problem.ts';
import { Problem } from './problem.ts';
import { problemOf } from './problem-of.ts';

/** What answering at a path of its own takes. */
export interface EndpointOptions {
  readonly identify: Identify;
  readonly log: { error(message: string, error: unknown, fields?: Readonly<Record<string, unknown>>): void };
}

/** Makes what goes onto the wire of an answer. */
export type Reply = (answer: Answer) => HttpAnswer;

interface OwnPathOptions extends EndpointOptions {
  /** The methods it answers, besides OPTIONS. */
  readonly verbs: readonly string[];
  /** What the codes of its refusals come to. */
  readonly refusals?: Readonly<Record<string, ProblemName>>;
}

/** Answers a request at a path of its own: what `answer` makes of it, or the problem that is in the way. */
export async function answerRequest(
  request: HttpRequest,
  { identify, log, verbs, refusals }: OwnPathOptions,
  answer: (caller: Caller, reply: Reply) => Promise<HttpAnswer>,
): Promise<HttpAnswer | undefined> {
  const allow = { Allow: [...verbs, 'OPTIONS'].join(', ') };
  const visit = { path: pathOf(request.target), id: newRequestId() };
  const reply: Reply = ({ headers, ...rest }) =>
    onTheWire({ ...rest, headers: { ...headers, 'Contractor-Request': visit.id } });
  let caller: Caller | undefined;
  try {
    if (request.verb === 'OPTIONS') return reply({ status: 204, headers: allow });
    if (!verbs.includes(request.verb)) {
      throw new Problem('method-not-allowed', `${request.verb} is not answered here.`, { headers: allow });
    }
    caller = await callerOf(request, identify);
    return await answer(caller, reply);
  } catch (error) {
    if (error instanceof ClientGone) return undefined;
    const known = problemOf(error, caller, refusals);
    if (!known) log.error('a request failed', error, { request: visit.id, path: visit.path });
    return reply(
      problemAnswer(known ?? new Problem('internal', `Something went wrong. Reference: ${visit.id}.`), visit),
    );
  }
}
