import type { FoundationType, ServerHalf } from '#platform';
import type { Host, HostModule, Machine, Outcome, Program, Task } from '#tscript';
import { begin, compile, deliver, dispatch, rollback, run, variables } from '#tscript';

const readOnly = (values: Readonly<Record<string, unknown>>): NonNullable<HostModule['members']> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { get: () => value }]));

/** A script played against the server half of a platform, with nobody but the spec to answer its tasks. */
export class ScriptHarness {
  /** Milliseconds since 1970. */
  now = 0;
  readonly #program: Program;
  readonly #host: Host;
  #machine: Machine;
  #cookies = 0;

  /**
   * @param lines the body of the script, which runs on a foundation of `type` at the locator `host1`
   * @param fields values of the foundation besides its locator
   * @param modules values of other modules, by their names
   */
  constructor(
    { name, functions }: ServerHalf,
    lines: string,
    type?: FoundationType,
    fields: Readonly<Record<string, unknown>> = {},
    modules: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {},
  ) {
    this.#program = compile(`begin()\n${lines}\nend\n`);
    this.#machine = begin(this.#program);
    const known: Readonly<Record<string, HostModule>> = {
      ...Object.fromEntries(Object.entries(modules).map(([module, values]) => [module, { members: readOnly(values) }])),
      foundation: { members: readOnly({ locator: 'host1', ...fields }), functions: type?.functions ?? {} },
      [name]: { functions },
    };
    this.#host = { module: (wanted) => (Object.hasOwn(known, wanted) ? known[wanted] : undefined) };
  }

  /** What functions have reported in the passes so far. */
  readonly effects: unknown[] = [];

  /** Runs the script until it stops. */
  run(): Outcome {
    const newCookie = () => `c${(this.#cookies += 1)}`;
    const { machine, outcome, effects } = run(this.#machine, this.#program, this.#host, { now: this.now, newCookie });
    this.#machine = machine;
    this.effects.push(...effects);
    return outcome;
  }

  /** What the script wants an agent to do now; undefined: nothing. */
  task(): Omit<Task, 'cookie'> | undefined {
    const { machine, task } = dispatch(this.#machine, this.#program, this.#host, { now: this.now });
    this.#machine = machine;
    if (!task) return undefined;
    const { cookie: _, ...rest } = task;
    return rest;
  }

  /** Gives the script what an agent has brought. @returns `Accepted`, or why it could make nothing of it */
  answer(data: unknown): string {
    const report = { cookie: this.#machine.cookie, data, now: this.now };
    const { machine, answer, fault } = deliver(this.#machine, this.#program, this.#host, report);
    this.#machine = machine;
    return fault ?? answer;
  }

  /** Has the call that is waited for undone. @returns what a job is told */
  rollback(): string {
    const newCookie = () => `c${(this.#cookies += 1)}`;
    const { machine, answer } = rollback(this.#machine, this.#program, this.#host, { now: this.now, newCookie });
    this.#machine = machine;
    return answer;
  }

  get variables(): Readonly<Record<string, unknown>> {
    return variables(this.#machine);
  }
}
