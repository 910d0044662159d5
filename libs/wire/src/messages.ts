import type { NatsConnection } from '@nats-io/transport-node';
import type { JsonMap } from '#kernel';
import { inexactNumber, IntegralFloat, parseJson, writeJson } from '#kernel';
import type { MissingProgram } from './programs.ts';
import { isInstallationId } from './subjects.ts';
import type { SecretPath } from './wrap-secrets.ts';
import { flawIn } from './flaw-in.ts';
import type { Beat, Outcome, Report, Task } from './wire.ts';

/** An announcement as it travels: it also says how often it is repeated, and what the agent still lacks. */
export interface Presence {
  readonly agent: string;
  /** Limits by module; none at all when the agent leaves. */
  readonly modules: Readonly<Record<string, number>>;
  /** Milliseconds until the next one. */
  readonly every: number;
  /** Modules whose consumer the agent does not find. */
  readonly lacking: readonly string[];
  /** Programs its modules need and that it did not find when it started; older agents do not say. */
  readonly missing?: readonly MissingProgram[];
}

/** What a foreman answers to an agent that looks for its installation. */
export interface InstallationAnswer {
  readonly installation: string;
  /** Whether it has the site that the agent serves. */
  readonly known: boolean;
}

/** What a foreman answers to an announcement that it does not take. */
export interface Rejection {
  readonly rejected: string;
}

/** What a foreman answers to the sign of life of a task whose job is over. */
export interface TaskOver {
  /** The cookie of its dispatch. */
  readonly over: string;
}

/** What an agent asks that needs the secrets of a task, or does not know whether it is waited for. */
export interface SecretsQuestion {
  readonly job: number;
  /** Set where the foreman is not to answer from memory: the agent has claimed the task a while ago, and not begun it. */
  readonly late?: boolean;
}

/** What a foreman answers: their texts in the order of their places; none where nobody waits for this dispatch. */
export interface SecretsAnswer {
  readonly texts?: readonly string[];
}

/** Who has claimed a dispatch, for whoever looks into the stream: an agent, or nobody any more. */
export type Claim = { readonly agent: string } | { readonly withdrawn: true };

/** Writes a message as the bytes that travel. */
export const encode = (
  message:
    | Task
    | Report
    | Beat
    | Presence
    | InstallationAnswer
    | Rejection
    | TaskOver
    | Claim
    | SecretsQuestion
    | SecretsAnswer,
): Uint8Array => new TextEncoder().encode(writeJson(message));

/** The functions that read a message give `undefined` for whatever is not one. */
export function readTask(data: Uint8Array): Task | undefined {
  const it = readMap(data);
  if (it === undefined || !isMap(it.parameters)) return undefined;
  const { task, cookie, job, site, module, function: name, parameters, once, secrets, trace } = it;
  if (!isText(task) || !isText(cookie) || !isText(site) || !isText(module) || !isText(name)) return undefined;
  if (typeof job !== 'number') return undefined;
  const more = { ...(once === true ? { once } : {}), ...(isPaths(secrets) ? { secrets } : {}), ...traceOf(trace) };
  return { task, cookie, job, site, module, function: name, parameters: parameters as JsonMap, ...more };
}

/** What a message is that ought to be a report: one, perhaps in place of one that cannot be taken as it is, or why not. */
export interface ReadReport {
  readonly report?: Report;
  /** What is wrong with it. */
  readonly flaw?: string;
}

/** Room for headers in the largest message, in bytes. */
const HEADERS = 1024;
/** How long the body of a message may be that NATS is to carry, in bytes. */
export const messageRoom = ({ info }: Pick<NatsConnection, 'info'>): number =>
  (info?.max_payload ?? Infinity) - HEADERS;

/** The largest report that is taken, in bytes: what a NATS server carries that is not told otherwise. */
export const MAX_REPORT_BYTES = 1_048_576;

/**
 * Reads a report. One whose outcome cannot be taken becomes a failure that says why, with the flaw: dropped, its task
 * would be done again at every lease.
 */
export function readReport(data: Uint8Array): ReadReport {
  const { task, cookie, job, agent, outcome, trace } = readMap(data) ?? {};
  if (!isText(task) || !isText(cookie) || typeof job !== 'number' || !isText(agent)) return { flaw: 'it is no report' };
  const flaw = data.length > MAX_REPORT_BYTES ? `it is larger than ${MAX_REPORT_BYTES} bytes` : flawIn(outcome);
  const reached = flaw === undefined ? readOutcome(outcome) : cannotBeTaken(flaw);
  if (reached === undefined) return { flaw: 'it has no outcome' };
  return {
    report: { task, cookie, job, agent, outcome: reached, ...traceOf(trace) },
    ...(flaw === undefined ? {} : { flaw }),
  };
}

/** The outcome that a result is, however an agent has sent it: one that cannot be taken is a failure that says why. */
export function outcomeOfResult(result: unknown): Outcome {
  const flaw = flawIn(result);
  if (flaw !== undefined) return cannotBeTaken(flaw);
  return readOutcome({ result }) ?? cannotBeTaken('it is no result');
}

/** The failure that stands for an outcome that cannot be taken. */
export const cannotBeTaken = (flaw: string): Outcome => ({ error: `the outcome cannot be taken: ${flaw}` });

export function readBeat(data: Uint8Array): Beat | undefined {
  const { job, cookie, agent } = readMap(data) ?? {};
  return typeof job === 'number' && isText(cookie) && isText(agent) ? { job, cookie, agent } : undefined;
}

export function readPresence(data: Uint8Array): Presence | undefined {
  const { agent, modules, every, lacking, missing } = readMap(data) ?? {};
  if (!isText(agent) || !isMap(modules) || typeof every !== 'number' || !Array.isArray(lacking)) return undefined;
  const limits = Object.entries(modules).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  const found = Array.isArray(missing) ? { missing: missing.filter(isMissing).slice(0, MAX_MISSING) } : {};
  return {
    agent,
    modules: Object.fromEntries(limits.slice(0, MAX_MODULES)),
    every: Math.min(Math.max(every, 0), MAX_EVERY_MS),
    lacking: lacking.filter(isText),
    ...found,
  };
}

export function readInstallationAnswer(data: Uint8Array): InstallationAnswer | undefined {
  const { installation, known } = readMap(data) ?? {};
  if (!isText(installation) || !isInstallationId(installation) || typeof known !== 'boolean') return undefined;
  return { installation, known };
}

export function readRejection(data: Uint8Array): Rejection | undefined {
  const { rejected } = readMap(data) ?? {};
  return isText(rejected) ? { rejected: rejected.slice(0, MAX_REJECTION) } : undefined;
}

export function readTaskOver(data: Uint8Array): TaskOver | undefined {
  const { over } = readMap(data) ?? {};
  return isText(over) ? { over } : undefined;
}

/** At most this much of an answer is logged, in characters. */
const MAX_REJECTION = 500;

function readOutcome(it: unknown): Outcome | undefined {
  if (!isMap(it)) return undefined;
  if (isMap(it.result)) {
    const inexact = inexactNumber(it.result);
    if (!inexact) return { result: it.result as JsonMap };
    return { error: `result: ${inexact.join('.')} is a number too large to be exact` };
  }
  if (isText(it.error)) return { error: it.error };
  // What is no map fails the task: dropped, it would be done again at every lease.
  return 'result' in it ? { error: `result was not a map, but ${writeJson(it.result).slice(0, 80)}` } : undefined;
}

/** What a message says of the trace it belongs to. */
const traceOf = (it: unknown): { readonly trace?: string } =>
  isText(it) && it.length <= MAX_TRACE ? { trace: it } : {};

function readMap(data: Uint8Array): Record<string, unknown> | undefined {
  try {
    const it: unknown = parseJson(new TextDecoder().decode(data));
    return isMap(it) ? it : undefined;
  } catch {
    return undefined;
  }
}

/** Between two announcements of an agent that has nothing to do, in milliseconds. */
export const MAX_IDLE_MS = 10_000;
/** At most this many modules of one agent are looked at. */
const MAX_MODULES = 100;
/** However long an agent says it will be silent, after this many milliseconds the next announcement is due. */
const MAX_EVERY_MS = 60_000;
/** At most this many missing programs of one agent are looked at. */
const MAX_MISSING = 100;

const isMissing = (it: unknown): it is MissingProgram =>
  isMap(it) && isText(it.module) && isText(it.program) && isText(it.package);
/** The longest `traceparent` that is taken, in characters. */
const MAX_TRACE = 128;

const isPaths = (it: unknown): it is readonly SecretPath[] =>
  Array.isArray(it) &&
  it.every((path) => Array.isArray(path) && path.every((key) => isText(key) || typeof key === 'number'));
const isText = (it: unknown): it is string => typeof it === 'string';
const isMap = (it: unknown): it is Record<string, unknown> =>
  typeof it === 'object' && it !== null && !Array.isArray(it) && !IntegralFloat.is(it);

/** Reads what an agent asks that needs the secrets of a task. */
export function readSecretsQuestion(data: Uint8Array): SecretsQuestion | undefined {
  const { job, late } = readMap(data) ?? {};
  return typeof job === 'number' ? { job, ...(late === true ? { late } : {}) } : undefined;
}

/** Reads the answer to it. */
export function readSecretsAnswer(data: Uint8Array): SecretsAnswer | undefined {
  const it = readMap(data);
  if (it === undefined) return undefined;
  const { texts } = it;
  return Array.isArray(texts) && texts.every(isText) ? { texts } : {};
}
