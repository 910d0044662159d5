import { headerText } from '../api/header-text.ts';
import type { Problem } from '../api/problem.ts';
import type { Method } from '../api/request.ts';
import { call, send } from '../api/request.ts';
import type { PreviewReport } from './preview-report.ts';

/** Something that is to be done: one request, as it would be sent. */
export interface ChangeRequest {
  readonly method: Exclude<Method, 'GET'>;
  /** Below the root of the API. */
  readonly path: string;
  readonly body?: unknown;
  /** The state it was thought of for. */
  readonly etag?: string | undefined;
}

/** What was done. */
export interface Carried {
  /** Id under which it can be undone; undefined: it cannot. */
  readonly request: string | undefined;
  /** What the first request is answered with, where it was done without a preview. */
  readonly body?: unknown;
}

/** How many requests are previewed together at most (docs/preview.md). */
export const MAX_TOGETHER = 100;

const headersOf = ({ etag }: ChangeRequest): Record<string, string> => (etag === undefined ? {} : { 'If-Match': etag });

/** What requests would do, all or none of them. @param approval whether somebody else is to approve of it @throws Problem */
export async function previewOf(requests: readonly ChangeRequest[], approval = false): Promise<PreviewReport> {
  const [only] = requests;
  if (only && requests.length === 1) {
    const query = { preview: approval ? 'approval' : 'true' };
    return (await send<PreviewReport>(only.method, only.path, { query, body: only.body, headers: headersOf(only) }))
      .body;
  }
  return call<PreviewReport>('/Records/Preview/make', {
    approval,
    requests: requests.map((request) => ({
      method: request.method,
      path: request.path.slice(1),
      ...(request.body === undefined ? {} : { body: request.body }),
      headers: headersOf(request),
    })),
  });
}

const because = (reason: string): Record<string, string> =>
  reason.trim() === '' ? {} : { 'Contractor-Reason': headerText(reason) };

/** Does exactly what a preview has shown. @throws Problem */
export async function commit(id: string, reason: string): Promise<Carried> {
  const done = await call<{ readonly request: string }>(
    '/Records/Preview/commit',
    { id },
    { headers: because(reason) },
  );
  return { request: done.request };
}

/** Does requests that cannot be previewed, one after the other. @throws Problem */
export async function carryOut(requests: readonly ChangeRequest[], reason: string): Promise<Carried> {
  const bodies: unknown[] = [];
  for (const request of requests) {
    const { method, path, body } = request;
    const headers = { ...headersOf(request), ...because(reason) };
    bodies.push((await send<unknown>(method, path, { body, headers })).body);
  }
  return { request: undefined, body: bodies[0] };
}

const hasCode = ({ errors }: Problem, code: string): boolean => errors.some((error) => error.code === code);

/** Whether something is only done when somebody else has approved of it. */
export const needsApproval = (problem: Problem): boolean => hasCode(problem, 'APPROVAL_REQUIRED');

/** Whether something can only be done, and not be asked about first. */
export const isNotPreviewable = (problem: Problem): boolean => hasCode(problem, 'NOT_PREVIEWABLE');
