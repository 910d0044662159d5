import type { Json, JsonMap, UnitOfWork } from '#kernel';
import { floatOf, maskSecrets, refuse, writeJson } from '#kernel';
import type { CallContext, Frame, HostModule, Machine, Program, Value } from '#tscript';
import { fromJson, line, stack, textOf, variables } from '#tscript';
import type { Job } from './job-messages.ts';
import { job } from './job.ts';
import type { RunContext } from './run-until-blocked.ts';
import { modulesOf } from './run-until-blocked.ts';

/** How many elements of a value are shown; what has more is shown as text. */
const MAX_SHOWN = 1000;

/**
 * What the script of a job can read: the values of modules as text, by `<module>.<name>`, then its own variables as they
 * are. Secrets are masked; what cannot be read says why.
 * @throws Refusal `NOT_FOUND` where the job is over
 */
export async function runnerVariables(
  work: UnitOfWork,
  id: number,
  context: Pick<RunContext, 'now' | 'targets'>,
): Promise<JsonMap> {
  const state = await work.load(job, id);
  if (!state || state.stage === 'ended') throw refuse('', 'NOT_FOUND', 'the job is gone');
  const modules = Object.entries(await modulesOf(work, state, context));
  const own = state.machine ? Object.entries(variables(state.machine)) : [];
  return {
    ...Object.fromEntries(modules.flatMap(([name, module]) => membersOf(name, module, contextOf(state, context)))),
    ...Object.fromEntries(own.map(([name, value]) => [name, shown(value)])),
  };
}

const contextOf = ({ machine }: Job, { now }: Pick<RunContext, 'now'>): CallContext => {
  const at = (machine && line(machine)) ?? 0;
  return { now, line: at, place: at, effect: () => undefined, read: () => null };
};

const membersOf = (module: string, { members = {} }: HostModule, context: CallContext): [string, string][] =>
  Object.entries(members).flatMap(([name, member]): [string, string][] =>
    member.get ? [[`${module}.${name}`, readText(() => member.get?.(context))]] : [],
  );

function readText(read: () => unknown): string {
  try {
    return textOf(fromJson(read()));
  } catch (error) {
    // Why it cannot be read is what there is to be shown of it.
    return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** A value as JSON; what has no form there, secrets too, and what is too large, as text. */
function shown(value: Value): Json {
  const budget = { left: MAX_SHOWN };
  const json = written(value, budget);
  return budget.left < 0 ? textOf(value) : json;
}

function written(value: Value, budget: { left: number }): Json {
  budget.left -= 1;
  if (budget.left < 0 || value === null || typeof value !== 'object') return value as Json;
  if (Array.isArray(value)) return value.map((one) => written(one, budget));
  if (value instanceof Map) {
    return Object.fromEntries([...value.values()].map((one) => [textOf(one.key), written(one.value, budget)]));
  }
  return value.kind === 'float' && Number.isFinite(value.number) ? floatOf(value.number) : textOf(value);
}

/** What a script is in the middle of, from the outside in, or that it is over; what functions keep is text, without secrets. */
export function runnerStack(machine: Machine, program: Program): Json {
  const frames = stack(machine, program);
  return typeof frames === 'string' ? frames : frames.map(shownFrame);
}

const shownFrame = ([type, ...work]: Frame): Json => [
  type,
  ...work.map((part) => {
    const masked = maskSecrets(part ?? null);
    if (typeof masked !== 'object' || masked === null || Array.isArray(masked) || !('handler' in masked)) return masked;
    return { ...masked, handler: writeJson(masked['handler'] ?? null) };
  }),
];
