import type { JsonMap } from '#kernel';
import { inexactNumber, IntegralFloat, parseJson, writeJson } from '#kernel';
import type { MissingProgram } from './programs.ts';
import type { SecretPath } from './wrap-secrets.ts';
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

/** Writes a message as the bytes that travel. */
export const encode = (message: Task | Report | Beat | Presence): Uint8Array =>
  new TextEncoder().encode(writeJson(message));

/** The functions that read a message give `undefined` for whatever is not one. */
export function readTask(data: Uint8Array): Task | undefined {
  const it = readMap(data);
  if (it === undefined || !isMap(it.parameters)) return undefined;
  const { task, cookie, job, site, module, function: name, parameters, once, secrets } = it;
  if (!isText(task) || !isText(cookie) || !isText(site) || !isText(module) || !isText(name)) return undefined;
  if (typeof job !== 'number') return undefined;
  const more = { ...(once === true ? { once } : {}), ...(isPaths(secrets) ? { secrets } : {}) };
  return { task, cookie, job, site, module, function: name, parameters: parameters as JsonMap, ...more };
}

export function readReport(data: Uint8Array): Report | undefined {
  const { task, cookie, job, agent, outcome } = readMap(data) ?? {};
  const reached = readOutcome(outcome);
  if (!isText(task) || !isText(cookie) || typeof job !== 'number' || !isText(agent)) return undefined;
  return reached && { task, cookie, job, agent, outcome: reached };
}

export function readBeat(data: Uint8Array): Beat | undefined {
  const { job, cookie, agent } = readMap(data) ?? {};
  return typeof job === 'number' && isText(cookie) && isText(agent) ? { job, cookie, agent } : undefined;
}

export function readPresence(data: Uint8Array): Presence | undefined {
  const { agent, modules, every, lacking, missing } = readMap(data) ?? {};
  if (!isText(agent) || !isMap(modules) || typeof every !== 'number' || !Array.isArray(lacking)) return undefined;
  const limits = Object.entries(modules).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  const found = Array.isArray(missing) ? { missing: missing.filter(isMissing).slice(0, MAX_MISSING) } : {};
  return { agent, modules: Object.fromEntries(limits), every, lacking: lacking.filter(isText), ...found };
}

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

function readMap(data: Uint8Array): Record<string, unknown> | undefined {
  try {
    const it: unknown = parseJson(new TextDecoder().decode(data));
    return isMap(it) ? it : undefined;
  } catch {
    return undefined;
  }
}

/** At most this many missing programs of one agent are looked at. */
const MAX_MISSING = 100;

const isMissing = (it: unknown): it is MissingProgram =>
  isMap(it) && isText(it.module) && isText(it.program) && isText(it.package);
const isPaths = (it: unknown): it is readonly SecretPath[] =>
  Array.isArray(it) &&
  it.every((path) => Array.isArray(path) && path.every((key) => isText(key) || typeof key === 'number'));
const isText = (it: unknown): it is string => typeof it === 'string';
const isMap = (it: unknown): it is Record<string, unknown> =>
  typeof it === 'object' && it !== null && !Array.isArray(it) && !IntegralFloat.is(it);
