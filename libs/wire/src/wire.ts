import type { JsonMap } from '#kernel';
import type { MissingProgram } from './programs.ts';
import type { SecretPath } from './wrap-secrets.ts';

/** One piece of work for an agent, as the foreman hands it over. */
export interface Task {
  /** Task id: stable over every redispatch; the idempotency key towards the platform. */
  readonly task: string;
  /** Fresh with every dispatch: the fence. A report counts only while its cookie is the pending one. */
  readonly cookie: string;
  readonly job: number;
  readonly site: string;
  readonly module: string;
  readonly function: string;
  readonly parameters: JsonMap;
  /**
   * Set where a second beginning would hurt: an agent claims the dispatch before it begins, and no other agent is given
   * the task when that one is lost; the lease of the dispatch runs out and the foreman decides.
   */
  readonly once?: boolean;
  /** Where in the parameters secrets stand; the agent's functions get them wrapped. */
  readonly secrets?: readonly SecretPath[];
  /** W3C `traceparent` of the span that has sent it, where that is traced; older agents take no notice. */
  readonly trace?: string;
}

/** Stands in the place of the job of a task that has none: the foreman itself asks something, and waits for the answer. */
export const NO_JOB = 0;

/**
 * The function by which an agent is asked what became of a task whose agent was lost: it has the id and the parameters of
 * that task, changes nothing, and its result is `{ state: 'done', result }`, `{ state: 'not-done' }`,
 * `{ state: 'failed', reason }` or `{ state: 'unknown', reason }`. An agent that is still at work on the task answers when
 * it has ended.
 */
export const observerOf = (func: string): string => `${func}${OBSERVER}`;

/** The function that a function observes; undefined: it is no observer. */
export const observedBy = (func: string): string | undefined =>
  func.endsWith(OBSERVER) ? func.slice(0, -OBSERVER.length) : undefined;

const OBSERVER = '.observe';

/** How a task ended: with the result of the function, or with the text of its failure. */
export type Outcome = { readonly result: JsonMap } | { readonly error: string };

/** What an agent says about a task it has finished. */
export interface Report {
  readonly task: string;
  readonly cookie: string;
  readonly job: number;
  /** Name of the agent that did the work. */
  readonly agent: string;
  readonly outcome: Outcome;
  /** W3C `traceparent` of the span in which it was done, where that is traced. */
  readonly trace?: string;
}

/** A sign of life: this agent is still at work on that dispatch. */
export interface Beat {
  readonly job: number;
  readonly cookie: string;
  readonly agent: string;
}

/**
 * The foreman's end of the wire. The wire is transport, never the record: whatever it loses is sent again by the
 * foreman when the lease of the dispatch runs out.
 */
export interface ForemanWire {
  /** Whether what was sent outlives this process. */
  readonly lasting: boolean;
  start(listener: ForemanWireListener): Promise<void>;
  /**
   * Whether an agent for this module of this site has shown itself lately (within three announcement periods), or is
   * recorded to be there and has had no time yet to show itself to this end.
   */
  serves(site: string, module: string): boolean;
  /** How it is getting on, for those who operate it. */
  health(): Promise<WireHealth>;
  /** The agents of other processes that have shown themselves lately; undefined: none can be heard now. */
  agents(): readonly AgentAtSite[] | undefined;
  /** Programs that the agents that have shown themselves lately need and did not find when they started. */
  missing(): readonly AgentMissing[];
  /**
   * Hands a task over. Resolves once the transport holds it; the same cookie sent again soon after is held once.
   * @returns a receipt, by which the task is found when it is taken back; undefined where none is needed
   * @throws TaskTooLarge where it can never be sent
   */
  send(task: Task): Promise<string | undefined>;
  /**
   * Takes a dispatch back. Once it resolves no agent begins the task of this dispatch any more, but one to whom a task that
   * may be begun twice is on its way; an agent that has begun goes on.
   * @returns false where an agent has begun one that must not be begun twice
   */
  withdraw(sent: SentTask): Promise<boolean>;
  /** What a transport within the process holds and no agent has begun is dropped. */
  stop(): Promise<void>;
}

/** A task that the transport cannot carry, however often it is tried. */
export class TaskTooLarge extends Error {
  /** @param bytes of the task @param most that the transport carries */
  constructor(bytes: number, most: number) {
    super(`the task of ${bytes} bytes is larger than the wire carries (${most})`);
  }
}

/**
 * It is not known whether the transport holds a task, or has held it: the connection broke meanwhile. Sent again with the same
 * cookie it may be begun twice, where the transport has lost what it knew.
 */
export class MaybeHeld extends Error {}

/** A dispatch that was handed over. */
export interface SentTask {
  readonly cookie: string;
  readonly site: string;
  readonly module: string;
  /** What was answered when it was sent. */
  readonly receipt?: string | undefined;
}

/** The site and the module of a task: only agents that serve both have to do with it. */
export interface TaskPlace {
  readonly site: string;
  readonly module: string;
}

/** How the foreman's end of the wire is getting on. */
export interface WireHealth {
  /** Why tasks do not travel now; undefined: they do. */
  readonly fault?: string;
  /** What is not safe about what it runs over. */
  readonly warning?: string;
  /** Whatever else helps: which installation, how many agents. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** An agent that has shown itself, and how many tasks of each module it takes at a time there. */
export interface AgentAtSite {
  readonly agent: string;
  /** EVERY_SITE: it serves them all. */
  readonly site: string;
  readonly modules: Readonly<Record<string, number>>;
  /** How long ago it last announced itself, in milliseconds. */
  readonly silentMs?: number;
}

/** A program an agent needs and does not find. */
export interface AgentMissing extends MissingProgram {
  readonly agent: string;
  readonly site: string;
}

export interface ForemanWireListener {
  /** Arrives at least once per finished dispatch; a report whose handling rejects arrives again. */
  reported(report: Report): Promise<void>;
  /** @returns false where no job waits for this dispatch */
  beat(beat: Beat): boolean | undefined;
  /**
   * Whether the job of a task is over for certain, so that nobody waits for it: it was cancelled, say. Asked from time to
   * time of those that `beat` says no to; the agent then gives the task up.
   */
  isOver?(beat: Beat): Promise<boolean>;
  /** A message that ought to be a report and cannot be taken; it arrives again where this rejects. */
  unreadable?(message: UnreadableReport): Promise<void>;
  /** Whether there is this site, for which an agent has announced itself; every site is there unless it says no. */
  hasSite?(site: string, agent: string): Promise<boolean>;
  /** The agents that are recorded to be there: they are taken to be there until they have had the time to announce themselves. */
  recorded?(): Promise<readonly AgentAtSite[]>;
  /** Whether a dispatch of this cookie was handed to the wire; what says no is left to others. */
  handedOver?(cookie: string): Promise<boolean>;
  /**
   * The secrets of a dispatch that an earlier foreman has sent, or that an agent has claimed a while ago, in the order of their
   * places; undefined: no job waits for it, at this site and for this module. Where it is waited for, it is so for a lease
   * after the sign of life that has come last.
   */
  secretsOf?(
    dispatch: TaskPlace & { readonly job: number; readonly cookie: string },
  ): Promise<readonly string[] | undefined>;
  /** Where a dispatch was handed to, that an earlier foreman may have sent; undefined where that is not known. */
  placeOf?(cookie: string): Promise<TaskPlace | undefined>;
  /**
   * An agent for this module of this site has come (it was not served before). The site is EVERY_SITE where the agent
   * serves them all.
   */
  served(site: string, module: string): void;
}

/** A message that ought to be a report and cannot be taken. */
export interface UnreadableReport {
  /** Tells it apart from others; the same for one that arrives again. */
  readonly key: string;
  /** Where it came from. */
  readonly source: string;
  readonly flaw: string;
  /** What it says; bytes that are no text are replaced. */
  readonly body: string;
  /** The report that stands for it, where it can be told what it is about: a failure that says why. */
  readonly report?: Report | undefined;
}

/** The site name of an agent that serves every site (the one inside the server's own process). */
export const EVERY_SITE = '*';

/** What an agent announces: who it is, which site it serves, and how many tasks of each module it takes at a time. */
export interface Announcement {
  readonly agent: string;
  readonly site: string;
  readonly modules: Readonly<Record<string, number>>;
  /** Programs its modules need and that it did not find when it started. */
  readonly missing?: readonly MissingProgram[];
}

/**
 * The work of one dispatch. It never rejects: failures are outcomes. `undefined` means that it was given up half-way:
 * nothing is reported, as if the agent had died. `over` aborts when the job of the task is over: it may be given up then.
 */
export type TaskHandler = (task: Task, over?: AbortSignal) => Promise<Outcome | undefined>;

/** The agent's end of the wire. */
export interface AgentWire {
  /**
   * Announces the agent again and again and works on what arrives, never more at a time per module than announced.
   * Its outcome is reported until the transport holds it.
   */
  start(announcement: Announcement, work: TaskHandler): Promise<void>;
  /**
   * Takes no more tasks, waits for those at work and reports them, then disconnects. Reports that are kept for the next
   * process are not waited for.
   */
  stop(): Promise<void>;
  /** Why no tasks come now; undefined: they do. */
  fault?(): Promise<string | undefined>;
}
