import { formatAddress, InvalidAddress, parseAddress, parseMac } from '#ipam';
import type { Refusal } from '#kernel';
import { refuse } from '#kernel';
import type { BootKind, BootOutcome } from './boot-request.ts';
import { BOOT_KINDS, BOOT_OUTCOMES } from './boot-request.ts';
import type { ReportedRequest } from './boot-traces.ts';

/** How many requests are taken at a time. */
export const MAX_REPORTED = 1000;
/** The longest name of an agent, in characters. */
const MAX_AGENT = 255;
/** The longest id of a request, in characters. */
const MAX_ID = 100;
/** How much is kept of what else machines say, in characters. */
const MAX_TEXT = 512;

/** Takes a report of an agent for what it is. @throws Refusal that names what is wrong with it */
export function readReport(
  agent: string,
  requests: readonly Readonly<Record<string, unknown>>[],
): readonly ReportedRequest[] {
  if (agent === '' || agent.length > MAX_AGENT) {
    throw refuse('agent', 'INVALID_VALUE', `must be 1 to ${MAX_AGENT} characters`);
  }
  if (requests.length > MAX_REPORTED) {
    throw refuse('requests', 'TOO_MANY', `must be at most ${MAX_REPORTED} at a time, not ${requests.length}`);
  }
  return requests.map(readRequest);
}

function readRequest(entry: Readonly<Record<string, unknown>>): ReportedRequest {
  const { id, time, ip_address: ip, mac, kind, what, outcome, size, duration_ms: duration, detail = '' } = entry;
  if (typeof id !== 'string' || id === '' || id.length > MAX_ID) throw wrong('id', id, `1 to ${MAX_ID} characters`);
  const moment = typeof time === 'string' ? new Date(time) : undefined;
  if (!moment || Number.isNaN(moment.getTime())) throw wrong('time', time, 'a time in a form of ISO 8601');
  const known = typeof mac === 'string' ? parseMac(mac) : null;
  if (known === undefined || (known === null && mac)) throw wrong('mac', mac, 'a MAC');
  if (!isOneOf(BOOT_KINDS, kind)) throw wrong('kind', kind, `one of ${BOOT_KINDS.join(', ')}`);
  if (!isOneOf(BOOT_OUTCOMES, outcome)) throw wrong('outcome', outcome, `one of ${BOOT_OUTCOMES.join(', ')}`);
  return {
    id,
    time: moment.toISOString(),
    address: readAddress(ip),
    mac: known ?? undefined,
    kind: kind satisfies BootKind,
    what: printable('what', what),
    outcome: outcome satisfies BootOutcome,
    size: readCount('size', size),
    durationMs: readCount('duration_ms', duration),
    detail: printable('detail', detail),
  };
}

const wrong = (name: string, value: unknown, rule: string): Refusal =>
  refuse('requests', 'INVALID_VALUE', `the ${name} ${JSON.stringify(value ?? null)} must be ${rule}`);

const isOneOf = <T extends string>(all: readonly T[], value: unknown): value is T =>
  (all as readonly unknown[]).includes(value);

function readAddress(value: unknown): string {
  try {
    if (typeof value === 'string') return formatAddress(parseAddress(value));
  } catch (error) {
    if (!(error instanceof InvalidAddress)) throw error;
  }
  throw wrong('ip_address', value, 'an address');
}

function readCount(name: string, value: unknown): number {
  // Whole numbers of the API may come as objects that write themselves as such.
  const count = Number(value);
  if (value === null || !Number.isSafeInteger(count) || count < 0) throw wrong(name, value, 'a whole number from 0');
  return count;
}

/** What machines say is theirs: it is made fit to be shown, and no reason to refuse the report. */
function printable(name: string, value: unknown): string {
  if (typeof value !== 'string') throw wrong(name, value, 'text');
  return value.slice(0, MAX_TEXT).replaceAll(/[^\x20-\x7e]/g, '?');
}
