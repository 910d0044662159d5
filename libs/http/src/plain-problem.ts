import { STATUS_CODES } from 'node:http';
import type { HttpAnswer } from './http-exchange.ts';

/**
 * An error that no protocol of the API tells, in the one shape they have outside of it: a problem (RFC 9457) whose text
 * stands under `message` too, where clients of CInP look for it.
 */
export const plainProblem = (
  status: number,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer => ({
  status,
  headers: { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store', ...headers },
  text: JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail, message: detail }),
});
