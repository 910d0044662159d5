/** Calls: the functions of the language and of the host, and the stages of one that takes more than one pass. */
import { builtins } from './builtins.ts';
import type { ExternalFunction, HostFunction } from './host.ts';
import { cloneJson, fromJson } from './json.ts';
import type { ExternalCall } from './machine.ts';
import { Acknowledged } from './outcome.ts';
import { type Running, contextOf } from './running.ts';
import { Interrupt, NotDefined, Signal, Unrecoverable, thrownName, thrownText } from './signals.ts';
import type { Value } from './values.ts';

/** A function by name, or undefined. */
export function functionOf(host: Running['host'], module: string | null, name: string): HostFunction | undefined {
  const functions = module === null ? builtins : host.module(module)?.functions;
  return functions !== undefined && Object.hasOwn(functions, name) ? functions[name] : undefined;
}

/** Makes the call at the top of the stack, or goes on with it; throws when the pass stops at it. */
export function call(running: Running, module: string | null, name: string, names: readonly string[]): void {
  const { waiting } = running;
  if (waiting?.kind === 'called') return finish(running, names, null);
  const found = functionOf(running.host, module, name);
  if (found === undefined || (waiting !== null && found.kind !== 'external')) throw missing(running, module, name);
  if (waiting !== null) return proceed(running, found as ExternalFunction, waiting, { module, name, names });
  const parameters = parametersOf(running, names);
  running.options.trace?.({
    line: contextOf(running).place,
    module,
    function: name,
    parameters,
    variables: running.variables,
  });
  if (module === null && searching.has(name)) running.spent += sizeOf(parameters['array']) >> 6;
  if (found.kind === 'inline') {
    const value = guarded(running, module, name, '', () => fromJson(found.call(parameters, contextOf(running))));
    return finish(running, names, value);
  }
  const state = guarded(running, module, name, '', () => cloneJson(found.setup(parameters, contextOf(running))));
  running.cookie = running.options.newCookie();
  const began: ExternalCall = { kind: 'external', state, module: found.module ?? module, dispatched: false };
  running.waiting = began;
  return proceed(running, found, began, { module, name, names });
}

/** The parameters of the call at the top of the stack. */
function parametersOf({ stack }: Running, names: readonly string[]): Record<string, Value> {
  const base = stack.length - names.length;
  return Object.fromEntries(names.map((name, index) => [name, stack[base + index] ?? null]));
}

/** The functions of the language that look at all of an array. */
const searching: ReadonlySet<string> = new Set(['slice', 'pop', 'index']);

/** How large a parameter is. */
function sizeOf(value: Value | undefined): number {
  if (value instanceof Map) return value.size;
  return Array.isArray(value) || typeof value === 'string' ? value.length : 0;
}

function missing(running: Running, module: string | null, name: string): Signal {
  const { line, host, waiting } = running;
  if (waiting !== null) return new Unrecoverable(`the function "${name}" that line ${line} waits for no longer exists`);
  if (module === null) return new NotDefined(name, line);
  return new NotDefined(host.module(module) === undefined ? module : `${module}" of "${name}`, line);
}

function finish(running: Running, names: readonly string[], value: Value): void {
  running.waiting = null;
  running.stack.length -= names.length;
  running.stack.push(value);
  running.pc += 1;
}

interface Called {
  readonly module: string | null;
  readonly name: string;
  readonly names: readonly string[];
}

const laterStages = ' during done/message/run/value';

function proceed(running: Running, found: ExternalFunction, waiting: ExternalCall, called: Called): void {
  const { module, name, names } = called;
  const context = contextOf(running);
  const state = cloneJson(waiting.state);
  const keep = (next: unknown): void => {
    running.waiting = { ...waiting, state: cloneJson(next) };
  };
  const value = guarded(running, module, name, laterStages, () => {
    try {
      if (found.done(state, context)) return { value: found.value(state, context) };
      const next = found.run === undefined ? state : found.run(state, context);
      keep(next);
      throw new Interrupt(found.message?.(next, context) ?? '', found.wakeAt?.(next));
    } catch (thrown) {
      if (thrown instanceof Signal && thrown.kept !== undefined) keep(thrown.kept);
      throw thrown;
    }
  }).value;
  if (value instanceof Error) {
    running.waiting = { kind: 'called' };
    throw value instanceof Signal ? value : unhandled(running, value);
  }
  finish(
    running,
    names,
    guarded(running, module, name, laterStages, () => fromJson(value)),
  );
}

/** Runs a stage of a function; whatever it throws that is no signal ends the script. */
function guarded<Result>(
  running: Running,
  module: string | null,
  name: string,
  stage: string,
  act: () => Result,
): Result {
  try {
    return act();
  } catch (thrown) {
    if (thrown instanceof Signal || thrown instanceof Acknowledged) throw thrown;
    // Those of the language have one name, as they had in the original.
    const what = module === null ? '"function" in module "<builtin>"' : `"${name}" in module "${module}"`;
    const place = `Handler ${what} error${stage} on line "${running.line}"`;
    throw new Unrecoverable(`${place}: "${thrownText(thrown)}"(${thrownName(thrown)})`);
  }
}

/** An error of no known kind, as the end of the script. */
export function unhandled(running: Running, thrown: unknown): Unrecoverable {
  return new Unrecoverable(`Unhandled fault on line ${running.line}: "${thrownText(thrown)}"(${thrownName(thrown)})`);
}
