import type { Clock } from '#event-store';
import type { View } from '#read-store';
import type { StatusEntry } from '#tscript';
import type { ForemanWire } from '#wire';
import { EVERY_SITE, installText } from '#wire';
import type { Condition } from './condition.ts';
import { condition, conditionsText } from './condition.ts';
import type { DispatchLedger, Taker } from './dispatch-ledger.ts';
import type { JobGate } from './gate/job-gate.ts';
import { holdConditions } from './holds/hold-conditions.ts';
import type { JobTarget } from './job-target.ts';
import type { JobRow } from './jobs.ts';
import { signalCookie } from './signaling-module.ts';
import { absentText, moduleService } from './subcontractor/served-modules.ts';
import type { StalledJobs } from './stalled-jobs.ts';

/** How long a task waits for an agent before the job says so, in milliseconds. */
export const UNTAKEN_MS = 10_000;

/** What a job is looked at with. */
export interface LookedAt {
  readonly view: View;
  /** The kind of its target; undefined where nobody contributes it any more. */
  readonly target: JobTarget | undefined;
  /** How far its script has come, and who has taken its task. */
  readonly entries: readonly StatusEntry[];
}

/** What is known of jobs besides what the log says, and why one does not move. */
export class JobInsight {
  readonly #stalled: StalledJobs;
  readonly #dispatched: DispatchLedger;
  readonly #clock: Pick<Clock, 'millis'>;
  readonly #wire: Pick<ForemanWire, 'serves' | 'missing'>;
  readonly #gate: Pick<JobGate, 'startConditions' | 'taskConditions'>;
  #leading = false;

  constructor(
    stalled: StalledJobs,
    dispatched: DispatchLedger,
    clock: Pick<Clock, 'millis'>,
    wire: Pick<ForemanWire, 'serves' | 'missing'>,
    gate: Pick<JobGate, 'startConditions' | 'taskConditions'>,
  ) {
    this.#gate = gate;
    this.#clock = clock;
    this.#stalled = stalled;
    this.#dispatched = dispatched;
    this.#wire = wire;
  }

  /** Whether this process is the foreman: it alone knows which subcontractors are there. */
  set leading(leading: boolean) {
    this.#leading = leading;
  }

  /** What a job waits for that does not stand in its message, in words; undefined: for nothing of the kind. */
  messageOf(row: JobRow, conditions: readonly Condition[]): string | undefined {
    const told = conditions.filter(({ name }) => name === 'database' || name === 'wire');
    if (told.length > 0) return conditionsText(told);
    if (row.stage === 'waiting') {
      return row.message === '' || row.holds.length > 0 ? conditionsText(conditions) : undefined;
    }
    const absent = conditions.filter(({ name }) => ABSENT.has(name));
    return absent.length > 0 ? conditionsText(absent) : undefined;
  }

  /** Why a job does not move; none where it is about to, or a script is at work. */
  async conditionsOf(job: number, row: JobRow, looked: LookedAt): Promise<readonly Condition[]> {
    const stalled = this.#stalled.reasonOf(job);
    const first = stalled === undefined ? [] : [condition('database', stalled)];
    return [...first, ...(await this.#conditions(job, row, looked))];
  }

  async #conditions(job: number, row: JobRow, { view, target, entries }: LookedAt): Promise<readonly Condition[]> {
    const { stage, message, updated: since } = row;
    const links = [['Foreman/BaseJob', job]] as const;
    switch (stage) {
      case 'waiting':
        return [
          ...holdConditions(row.holds),
          ...(await ofTarget(job, row, view, target)),
          ...(await this.#gate.startConditions(view, row)),
        ];
      case 'paused':
        return [
          condition('paused', `It is paused: ${message || 'somebody has paused it'}. Resume it`, links, { since }),
        ];
      case 'error':
        if (row.lost) return [lostTask(job, row, row.lost.since)];
        return [
          condition('error', `It is in error: ${message}. Reset it, roll it back, or cancel it`, links, { since }),
        ];
      case 'aborted':
        return [condition('aborted', `It was aborted: ${message}. Cancel it`, links, { since })];
      default:
        return row.order ? this.#ofTask(job, row, row.order, takerIn(entries), view) : ofScript(job, row, entries);
    }
  }

  async #ofTask(
    job: number,
    row: JobRow,
    order: NonNullable<JobRow['order']>,
    taker: Taker | undefined,
    view: View,
  ): Promise<readonly Condition[]> {
    const { site, dispatch, observing, dispatchedAt } = row;
    const name = `${order.module}.${order.function} (task ${order.task})`;
    const missing = this.#missing(site, order.module);
    const unsent = this.#stalled.unsentOf(job);
    if (unsent) return [condition(unsent.name, unsent.reason), ...missing];
    if (dispatch) {
      const what = observing ? `is asked what became of ${name}` : `is at work on ${name}`;
      const [text, since] = taker
        ? [`${taker.agent} ${what} since ${taker.since}`, taker.since]
        : [`${name} is on its way to an agent since ${dispatchedAt}`, dispatchedAt];
      return [condition(taker ? 'at-agent' : 'on-its-way', text, [['Site/Site', site]], { since }), ...missing];
    }
    const since = row.openSince ?? row.updated;
    const full = this.#gate.taskConditions(site, order.module);
    if (full.length > 0) return [...full, ...missing];
    // It is normal for a while that nobody has it.
    if (this.#clock.millis() - Date.parse(since) < UNTAKEN_MS) return [];
    return [await this.#untaken(row, order.module, { name, since, view }), ...missing];
  }

  async #untaken({ site, observing }: JobRow, module: string, { name, since, view }: Untaken): Promise<Condition> {
    const links = [['Site/Site', site]] as const;
    const wanted = observing ? `to tell what became of ${name}` : `to take ${name}`;
    const service = await moduleService(view, site, module);
    // Only the foreman knows who is there now; the others know what is recorded.
    const serves = this.#leading ? this.#wire.serves(site, module) : service.present.length > 0;
    const polled = service.present.some(({ transport }) => transport === 'poll');
    if (serves || polled) {
      const text = `Waiting for an agent ${wanted} since ${since}: subcontractors serve module "${module}" at site "${site}", and none has taken it`;
      return condition('agent-busy', text, links, { since });
    }
    const gone = absentText(service);
    const text = `Waiting for an agent ${wanted} since ${since}: no subcontractor serves module "${module}" at site "${site}"${gone}`;
    return condition('agent-absent', text, links, { since });
  }

  /** Programs that agents need for a module of a site and do not find. */
  #missing(site: string, module: string): readonly Condition[] {
    if (!this.#leading) return [];
    return this.#wire
      .missing()
      .filter((one) => one.module === module && (one.site === site || one.site === EVERY_SITE))
      .map((one) => condition('program-missing', installText([one], one.agent), [['Site/Site', site]]));
  }

  /** Which agent has taken the task of a job, and since when; undefined: none has, as far as is known. */
  async takerOf(row: Pick<JobRow, 'dispatch' | 'dispatchedAt'>): Promise<Taker | undefined> {
    if (row.dispatch?.transport === 'wire') return this.#dispatched.takerOf(row.dispatch.cookie);
    return polledTaker(row);
  }

  /** The same of many jobs, looked up together: in their order. */
  async takersOf(rows: readonly Pick<JobRow, 'dispatch' | 'dispatchedAt'>[]): Promise<readonly (Taker | undefined)[]> {
    const onWire = rows.flatMap(({ dispatch }) => (dispatch?.transport === 'wire' ? [dispatch.cookie] : []));
    const takers = await this.#dispatched.takersOf(onWire);
    return rows.map((row) => polledTaker(row) ?? (row.dispatch ? takers.get(row.dispatch.cookie) : undefined));
  }

  /** Which agent had taken the task of which nobody knows what became of it; undefined: that is not known either. */
  async takerOfLost({ lost }: Pick<JobRow, 'lost'>): Promise<Taker | undefined> {
    return lost ? this.#dispatched.takerOf(lost.cookie) : undefined;
  }
}

/** The agent that has polled for the task of a job. */
const polledTaker = ({ dispatch, dispatchedAt }: Pick<JobRow, 'dispatch' | 'dispatchedAt'>): Taker | undefined =>
  dispatch?.holder && {
    agent: `${dispatch.holder.user} at ${dispatch.holder.source}`,
    since: dispatchedAt ?? dispatch.deadline,
  };

/** A task that nobody has taken: its name, since when, and the view it is looked at in. */
interface Untaken {
  readonly name: string;
  readonly since: string;
  readonly view: View;
}

/** Who has taken the task of a job, by what its status says. */
function takerIn(entries: readonly StatusEntry[]): Taker | undefined {
  const { agent, since } = entries.at(-1)?.[2] ?? {};
  return typeof agent === 'string' && typeof since === 'string' ? { agent, since } : undefined;
}

const lostTask = (job: number, { message }: JobRow, since: string): Condition =>
  condition('task-lost', `${message}, or say what became of it`, [['Foreman/LostTask', job]], { since });

/** What the message of a job does not tell by itself. */
const ABSENT = new Set(['agent-absent', 'agent-busy', 'program-missing', 'limit']);

/** Why a job may not begin, or what it cannot get before. */
async function ofTarget(
  job: number,
  { target: { id }, script, site, needs = [] }: JobRow,
  view: View,
  target: JobTarget | undefined,
): Promise<readonly Condition[]> {
  const failing = (await target?.conditions(view, id, script)) ?? [];
  if (failing.length > 0 || needs.length === 0) return failing;
  const lacks = await target?.lacks?.(view, id, { job, needs });
  return lacks === undefined ? [] : [condition(`needs-${needs.join('-')}`, lacks, [['Site/Site', site]])];
}

/** What a script waits for by itself. */
function ofScript(job: number, row: JobRow, entries: readonly StatusEntry[]): readonly Condition[] {
  const { message, wakeAt: until, updated: since, signal } = row;
  const call = entries.at(-1)?.[2];
  if (call?.['module'] === 'signaling' && !signal.complete) {
    const text = `Waiting for the signal ${signalCookie(job, signal)} of the machine that was booted`;
    return [condition('signal', text, [['Foreman/BaseJob', job]], { since, until })];
  }
  if (message === '' && until === null) return [];
  if (until !== null)
    return [condition('timer', `${message || 'Waiting'}, until ${until} at the latest`, [], { since, until })];
  return [condition('script', message, [], { since })];
}
