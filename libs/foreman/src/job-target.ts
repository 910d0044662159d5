import type { JsonMap, Refusal, UnitOfWork } from '#kernel';
import type { View } from '#read-store';
import type { HostModule } from '#tscript';
import type { Condition } from './condition.ts';

/** What a job has to know of what it works on. */
export interface JobTargetState {
  readonly site: string;
  readonly blueprint: string;
  /** The name by which the job log remembers it. */
  readonly description: string;
  /** Its labels, text by key; none where it has none. */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * The slots of the blueprint that hold its scripts, where they have other names than these; null: there is nothing to
   * run, so no job is made, unless it has to wait.
   */
  readonly slots?: { readonly create: string | null; readonly destroy: string | null };
}

/** What a job needs from its target before it starts. */
export interface Needed {
  readonly job: number;
  readonly needs: readonly string[];
}

/** A target by its kind and id. */
export interface TargetId {
  readonly kind: string;
  readonly id: string;
}

/**
 * A kind of thing that jobs work on (foundations, for one). The subject that owns the kind implements it; jobs know
 * nothing else of their targets. Everything but `conditions` and `waitsFor` happens within the unit of work of the job.
 */
export interface JobTarget {
  /** The kind as jobs name it: `Foundation`. */
  readonly kind: string;
  /** Category of its streams: an event in one has the foreman look at the job at work on it. */
  readonly category: string;
  /** Categories of streams that are no targets and that its jobs may wait for. */
  readonly watches?: readonly string[];
  /** The target as it is; undefined: there is none. */
  load(work: UnitOfWork, id: string): Promise<JobTargetState | undefined>;
  /** What stands on a target: who asked to be heard for that is heard before jobs on the target; undefined: nothing does. */
  carries?(work: UnitOfWork, id: string): Promise<(TargetId & { readonly found: JobTargetState }) | undefined>;
  /** Takes it for a job, so that no other one can; a refusal is collected by the unit of work. */
  take(work: UnitOfWork, id: string, by: { readonly job: number; readonly script: string }): Promise<void>;
  /** Whether its configuration is what the scripts of its blueprint ask for. @throws Refusal with everything that is not */
  checkConfig?(work: UnitOfWork, id: string, script: string): Promise<void>;
  /** Gives it back. */
  release(work: UnitOfWork, id: string, job: number): Promise<void>;
  /** What is destroyed with it, through jobs of its own: those of one call are made together, or none. */
  destroysWith?(work: UnitOfWork, id: string): Promise<readonly TargetId[]>;
  /** Whether what is destroyed with it is still there: where nothing is to be run, its end waits for that in a job all the same. */
  isNeeded?(work: UnitOfWork, id: string): Promise<boolean>;
  /**
   * The streams besides its own whose events may let a job with this script start, from the read models: an event in one
   * has the foreman look at the job as long as it waits.
   */
  waitsFor?(view: View, id: string, script: string, needs: readonly string[]): Promise<readonly string[]>;
  /** Whether a job with this script may start now; it may decide what has to come before that. */
  mayStart(work: UnitOfWork, id: string, script: string): Promise<boolean>;
  /** The complex whose limit counts its jobs, from the read models; undefined: none does. */
  complexOf?(view: View, id: string): Promise<string | undefined>;
  /** Ids of the targets that a selection selects, so many at most, in their order. @throws Refusal naming what is wrong */
  select?(view: View, selection: JsonMap, count: number): Promise<readonly string[]>;
  /** What a script needs from a target besides (an address), by the names that it reads: `foundation.locator`. */
  needsOf?(reads: ReadonlySet<string>): readonly string[];
  /** Gets what a job needs, before it starts. @returns whether there is all of it; else the job waits */
  prepare?(work: UnitOfWork, id: string, wanted: Needed): Promise<boolean>;
  /** Gives back what a job has got so: in the append that ends it, or aborts it. */
  giveBack?(work: UnitOfWork, id: string, job: number): Promise<void>;
  /** Why a job that may start cannot get what it needs, in words, from the read models; undefined: it can. */
  lacks?(view: View, id: string, wanted: Needed): Promise<string | undefined>;
  /** The effect of a `create` job that has ended. @returns why it is refused; undefined: it is done */
  finish(work: UnitOfWork, id: string, job: number): Promise<Refusal | undefined>;
  /** The effect of a `destroy` job that has ended. @returns why it is refused; undefined: it is done */
  destroy(work: UnitOfWork, id: string, job: number): Promise<Refusal | undefined>;
  /** The modules that its scripts can reach besides those of the platforms, by name. @throws Error where it is gone */
  scriptModules(work: UnitOfWork, id: string): Promise<Readonly<Record<string, HostModule>>>;
  /** What functions of its modules have reported as effects in one pass of a script; there is one at least. */
  applyEffects?(work: UnitOfWork, id: string, effects: readonly unknown[]): Promise<void>;
  /** Why a job with this script may not start, from the read models: for those who look. None: it may. */
  conditions(view: View, id: string, script: string): Promise<readonly Condition[]>;
}

/** The kinds of targets there are, by name. */
export type JobTargets = ReadonlyMap<string, JobTarget>;

/** The kind of a target. @throws Error where nobody contributes it */
export function targetOf(targets: JobTargets, { kind }: { readonly kind: string }): JobTarget {
  const found = targets.get(kind);
  if (!found) throw new Error(`there are no job targets of the kind ${kind}`);
  return found;
}

/** Gives a target back, with all that the job has got from it. */
export async function releaseTarget(work: UnitOfWork, target: JobTarget, id: string, job: number): Promise<void> {
  await target.giveBack?.(work, id, job);
  await target.release(work, id, job);
}

/** Whether there is a complex of a name, for those who refer to it. */
type HasComplex = (work: UnitOfWork, name: string) => Promise<boolean>;

/** The kinds of targets that modules have contributed. */
export class JobTargetRegistry {
  readonly #targets = new Map<string, JobTarget>();
  #hasComplex: HasComplex = async () => false;

  /** Says how complexes are looked up. */
  set complexes(has: HasComplex) {
    this.#hasComplex = has;
  }

  /** Whether there is a complex of this name. */
  hasComplex(work: UnitOfWork, name: string): Promise<boolean> {
    return this.#hasComplex(work, name);
  }

  /** @throws Error where the kind is known already */
  add(target: JobTarget): this {
    if (this.#targets.has(target.kind)) throw new Error(`two modules declare job targets of the kind ${target.kind}`);
    this.#targets.set(target.kind, target);
    return this;
  }

  /** Grows while modules are put together. */
  get all(): JobTargets {
    return this.#targets;
  }
}
