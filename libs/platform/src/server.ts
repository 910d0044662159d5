import type { JsonMap } from '#kernel';
import { floatOf } from '#kernel';
import type { CallContext, ExternalFunction, HostFunction, InlineFunction, Value } from '#tscript';
import { ExecutionError, LanguageFault, ParameterError, Signal, textOf, toJson, toTaggedJson } from '#tscript';
import type {
  ParametersOf,
  PlatformContract,
  ResultOf,
  ScriptParameter,
  ScriptParameters,
  TaskName,
} from './contract.ts';
import type { ComplexType, FoundationType, ServerHalf } from './server-half.ts';
import type { ServerType } from './shape.ts';
import { faultOf, isMap, shown, taken } from './shape.ts';

export { MacsEffect } from './macs-effect.ts';
export { PortsEffect } from './ports-effect.ts';
export type { MappedPort } from './ports-effect.ts';

/** The parameters of a script function as its `setup` or `call` gets them. */
export type GivenParameters<P extends ScriptParameters> = {
  readonly [K in keyof P]: P[K] extends { readonly optional: true } ? ServerType<P[K]> | undefined : ServerType<P[K]>;
};

/** A task of the contract that a function wants sent; `state` replaces the state of the call. */
export interface TaskRequest<T extends string> {
  readonly task: T;
  readonly parameters: object;
  readonly state?: unknown;
}

/** A function of the contract, as a server half declares it: it can stand only under its own name. */
export type DeclaredFunction<Name extends string = string> = HostFunction & { readonly declares: Name };

/** A function that answers at once. */
export type InlineDeclaration<P extends ScriptParameters> = (
  parameters: GivenParameters<P>,
  context: CallContext,
) => unknown;

/**
 * A function that takes more than one pass, stage by stage as in `ExternalFunction`. Its state is JSON. What a stage
 * throws that is no signal of the language puts the job into error with its text, and a reset asks the stage again.
 */
export interface ExternalDeclaration<C extends PlatformContract, P extends ScriptParameters, S, T extends TaskName<C>> {
  /** Makes the first state; annotate what it gives back: the other stages are typed by it. */
  setup(parameters: GivenParameters<P>, context: CallContext): S;
  done(state: S, context: CallContext): boolean;
  run?(state: S, context: CallContext): S;
  message?(state: S, context: CallContext): string;
  wakeAt?(state: S): number | undefined;
  /** What is to be sent now, made with `task()`; null when there is nothing to send. */
  task?(state: S, context: CallContext): TaskRequest<T> | null;
  /** For each task that `task` sends: takes its result, which fits the contract. */
  receive?: { readonly [K in T]: (state: S, result: ResultOf<C, K>, context: CallContext) => S };
  value(state: S, context: CallContext): unknown;
  rollback?(state: S, context: CallContext): S;
}

/** Declares the functions of one map of the contract. */
export interface FunctionBuilder<C extends PlatformContract, F extends Readonly<Record<string, ScriptParameters>>> {
  inline<N extends keyof F & string>(name: N, call: InlineDeclaration<F[N]>): DeclaredFunction<N>;
  external<N extends keyof F & string, S, T extends TaskName<C> = never>(
    name: N,
    stages: ExternalDeclaration<C, F[N], S, T>,
  ): DeclaredFunction<N>;
}

/** What a server half is declared with; everything in it is typed by the contract. */
export interface ServerSide<C extends PlatformContract> {
  /** A task to be sent. @throws Error where its parameters do not fit the contract */
  task<T extends TaskName<C>>(name: T, parameters: ParametersOf<C, T>, state?: unknown): TaskRequest<T>;
  /** Functions of the script module. */
  readonly functions: FunctionBuilder<C, C['functions']>;
  /** Functions of its foundations. */
  readonly foundationFunctions: FunctionBuilder<C, C['foundationFunctions']>;
  /** The server half: every function of the contract, and the types of foundations. */
  half(declared: {
    readonly functions: { readonly [N in keyof C['functions'] & string]: DeclaredFunction<N> };
    readonly foundationTypes: readonly (Omit<FoundationType, 'functions'> & {
      readonly functions: { readonly [N in keyof C['foundationFunctions'] & string]?: DeclaredFunction<N> };
    })[];
    readonly complexTypes?: readonly ComplexType[];
    readonly complexModels?: readonly string[];
    readonly needs?: readonly string[];
  }): ServerHalf;
}

/** The server side of a contract: what its functions and its server half are declared with. */
export function serverSide<const C extends PlatformContract>(contract: C): ServerSide<C> {
  const requested = (name: string, parameters: object, state?: unknown): TaskRequest<never> => {
    const fault = faultOf(contract.tasks[name]?.parameters ?? {}, parameters as Record<string, unknown>);
    if (fault !== undefined) throw new Error(`parameter ${fault}`);
    return { task: name as never, parameters, ...(state === undefined ? {} : { state }) };
  };
  return {
    task: requested,
    functions: builder(contract, contract.functions) as ServerSide<C>['functions'],
    foundationFunctions: builder(contract, contract.foundationFunctions) as ServerSide<C>['foundationFunctions'],
    half: (declared) => ({ name: contract.name, ...declared }) as ServerHalf,
  };
}

type AnyStages = ExternalDeclaration<PlatformContract, ScriptParameters, unknown, string>;

function builder(contract: PlatformContract, declared: Readonly<Record<string, ScriptParameters>>) {
  return {
    inline(name: string, call: InlineDeclaration<ScriptParameters>): DeclaredFunction {
      const guard = guarding(`${contract.name}.${name}`);
      const inline: InlineFunction = {
        kind: 'inline',
        call: (parameters, context) => guard(() => call(given(name, declared[name] ?? {}, parameters), context)),
      };
      return { ...inline, declares: name };
    },
    external(name: string, stages: AnyStages): DeclaredFunction {
      return { ...checkedStages(contract, name, declared[name] ?? {}, stages), declares: name };
    },
  };
}

/** The stages of a function as the language asks for them, with what comes in held against the contract. */
function checkedStages(
  contract: PlatformContract,
  name: string,
  parameters: ScriptParameters,
  stages: AnyStages,
): ExternalFunction {
  const { run, message, wakeAt, task, receive, rollback } = stages;
  if (task && !receive) throw new Error(`${contract.name}.${name} sends tasks and receives none`);
  const guard = guarding(`${contract.name}.${name}`);
  return {
    kind: 'external',
    module: contract.name,
    setup: (values, context) => guard(() => stages.setup(given(name, parameters, values), context)),
    done: (state, context) => guard(() => stages.done(state, context)),
    value: (state, context) => guard(() => stages.value(state, context)),
    ...(run ? { run: (state, context) => guard(() => run(state, context)) } : {}),
    ...(message ? { message: (state, context) => guard(() => message(state, context)) } : {}),
    ...(wakeAt ? { wakeAt: (state) => guard(() => wakeAt(state)) } : {}),
    ...(task
      ? {
          task: (state, context) =>
            guard(() => {
              const request = task(state, context);
              if (request === null) return null;
              const { task: wanted, ...rest } = request;
              return { function: wanted, ...rest, parameters: rest.parameters as Readonly<Record<string, unknown>> };
            }),
        }
      : {}),
    ...(receive
      ? {
          receive: (state, data, context, sent) =>
            guard(() => {
              const its = sent ?? Object.keys(receive)[0] ?? '';
              const take = Object.hasOwn(receive, its) ? receive[its] : undefined;
              if (!take) throw new Error(`nothing is known of a task "${its}"`);
              const result = contract.tasks[its]?.result ?? {};
              const fault = isMap(data) ? faultOf(result, data) : `it must be a map, and is ${shown(data)}`;
              if (fault !== undefined)
                throw new Error(`the agent's result of ${its} is not that of the contract: ${fault}`);
              return take(state, taken(result, data as JsonMap), context);
            }),
        }
      : {}),
    ...(rollback ? { rollback: (state, context) => guard(() => rollback(state, context)) } : {}),
  };
}

/** Has whatever is thrown that is no signal of the language put the job into error, with its text. */
const guarding =
  (name: string) =>
  <R>(stage: () => R): R => {
    try {
      return stage();
    } catch (thrown) {
      if (thrown instanceof Signal) throw thrown;
      throw new ExecutionError(`${name}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  };

/** What a script gave, held against the contract. @throws ParameterError for the first that does not fit */
function given(
  name: string,
  declared: ScriptParameters,
  values: Readonly<Record<string, Value>>,
): GivenParameters<ScriptParameters> {
  for (const parameter of Object.keys(values)) {
    if (Object.hasOwn(declared, parameter)) continue;
    const known = Object.keys(declared).join(', ');
    throw new ParameterError(parameter, known === '' ? `${name} takes none` : `${name} takes ${known}`);
  }
  return Object.fromEntries(
    Object.entries(declared).map(([parameter, its]) => [parameter, oneGiven(parameter, its, values[parameter])]),
  );
}

function oneGiven(parameter: string, its: ScriptParameter, value: Value | undefined): unknown {
  if (value === undefined && its.default !== undefined) return its.default;
  if (value === undefined && 'optional' in its) return undefined;
  if (value === null && 'nullable' in its) return null;
  if (value === undefined || (value === null && its.kind !== 'json')) throw new ParameterError(parameter, 'required');
  const read = readable(its.kind, value, parameter);
  if (read === SECRET) throw new ParameterError(parameter, `must be ${its.words}, and is a secret`);
  const fault = its.fault(read, parameter);
  if (fault !== undefined) {
    // What is wrong within it is told by its place.
    const own = `must be ${its.words}, and is ${shown(read)}`;
    throw new ParameterError(parameter, fault.startsWith(`${parameter} `) ? own : fault);
  }
  return its.take?.(read) ?? read;
}

/** As {@link readAs}; what has no form as JSON, such as an array that holds itself, is a fault of the parameter. */
function readable(kind: ScriptParameter['kind'], value: Value, parameter: string): unknown {
  try {
    return readAs(kind, value, parameter);
  } catch (thrown) {
    throw thrown instanceof LanguageFault ? new ParameterError(parameter, thrown.message) : thrown;
  }
}

const SECRET = Symbol('a secret');

/** A value of a script as JSON of a shape; whole numbers may be given as text. */
function readAs(kind: ScriptParameter['kind'], value: Value, parameter: string): unknown {
  const sealed = typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'secret';
  if (kind === 'json' || kind === 'boolean' || (kind === 'secret' && sealed)) {
    refuseForged(toTaggedJson(value), parameter);
    return toJson(value, { float: floatOf });
  }
  if (sealed) return SECRET;
  const text = textOf(value);
  if (kind === 'integer') return /^[-+]?\d+$/.test(text) ? Number(text) : text;
  if (kind === 'number') return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : text;
  return text;
}

/** Keys by which JSON refers to secrets: a map that a script made has none of them. */
const REFERRING = new Set<unknown>(['$secret', '$text']);

function refuseForged(tagged: unknown, parameter: string): void {
  if (typeof tagged !== 'object' || tagged === null) return;
  const entries = (tagged as { readonly $map?: unknown }).$map;
  if (!Array.isArray(entries)) {
    for (const inner of Object.values(tagged)) refuseForged(inner, parameter);
    return;
  }
  for (const [key, inner] of entries as [unknown, unknown][]) {
    if (REFERRING.has(key)) throw new ParameterError(parameter, `no map in it may have the key "${String(key)}"`);
    refuseForged(inner, parameter);
  }
}
