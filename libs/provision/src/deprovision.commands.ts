import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import { ApiCatalogue } from '#api';
import { carriedBehind, foundation, hostName, structure } from '#building';
import type { CommandContext } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { TargetId } from '#foreman';
import { createJob, destroyedWith, JobTargetRegistry } from '#foreman';
import { address, addressBlock, formatAddress, holderAddresses, subnetOfBlock } from '#ipam';
import type { UnitOfWork } from '#kernel';
import { pauseBetweenSlices, refuse } from '#kernel';
import type { Key, ReadStore } from '#read-store';
import { Ids, READ_STORE } from '#read-store';
import type { IdSource } from './bulk-ids.ts';
import { bulkIds, noIds } from './bulk-ids.ts';
import type { TargetMachine, KeptMachine } from './deprovision.ts';
import { deprovision } from './deprovision.ts';
import { MachineFaults, someOf } from './machine-faults.ts';
import type { PlannedJob } from './machine-plan.ts';
import { readTogether } from './read-together.ts';

/** Machines that are to be taken down, by their host names at a site. */
export interface UnwantedMachines {
  readonly names: readonly string[];
  readonly site: string;
}

/** One machine that goes. */
interface RemovalPlan extends TargetMachine {
  /** Addresses that are free again. */
  readonly addresses: readonly string[];
  /** Jobs that destroy it first, and what hangs on it; none: it is not built. */
  readonly jobs: readonly PlannedJob[];
}

/** What a command takes down, or would take down. */
export interface DeprovisionPlan {
  readonly dry_run: boolean;
  /** By which its course is found; null where it was only looked at. */
  readonly id: number | null;
  readonly site: string;
  readonly machines: readonly RemovalPlan[];
}

/** Has machines destroyed by jobs, and deleted when these are done; all of them are, or the command is refused. */
export class DeprovisionMachines extends NamedCommand<DeprovisionPlan> {
  constructor(readonly unwanted: UnwantedMachines) {
    super();
  }

  override get isLarge(): boolean {
    return true;
  }

  override get keepsResult(): boolean {
    return true;
  }
}

/** Changes nothing; results in what `DeprovisionMachines` would do, and is refused where that would be. */
export class PreviewDeprovision extends NamedCommand<DeprovisionPlan> {
  constructor(readonly unwanted: UnwantedMachines) {
    super();
  }
}

/** Has the machines that are still there stay; jobs that destroy them go on. */
export class CancelDeprovision extends NamedCommand {
  constructor(readonly key: Key) {
    super();
  }
}

/** Notes machines that are gone, and those that stay after all. */
export class NoteMachines extends NamedCommand {
  constructor(
    readonly key: Key,
    readonly removed: readonly number[],
    readonly kept: readonly KeptMachine[],
  ) {
    super();
  }
}

/** All that is taken down together. */
interface GoingAlong {
  /** Of its addresses, as those that use something are named. */
  readonly addresses: ReadonlySet<string>;
  readonly structures: ReadonlySet<number>;
  readonly foundations: ReadonlySet<string>;
  /** What hangs on its structures and is destroyed with them: `Dependency 3`. */
  readonly destroyed: ReadonlySet<string>;
}

/** The object that uses something, without what it does so for: `Address 3, which points to Address 2`. */
const nameOf = (user: string): string => user.split(',', 1)[0] ?? '';

/** Who has machines destroyed, and when, ISO 8601. */
interface Destroyer {
  readonly ids: IdSource;
  readonly creator: string;
  readonly now: string;
}

abstract class DeprovisionHandler<C extends NamedCommand<DeprovisionPlan>> extends UnitOfWorkHandler<C> {
  @Inject(JobTargetRegistry) protected readonly targets!: JobTargetRegistry;
  @Inject(ApiCatalogue) protected readonly catalogue!: ApiCatalogue;
  @Inject(READ_STORE) protected readonly reads!: ReadStore;
  @Inject(Ids) protected readonly ids!: Ids;

  /** @throws Refusal naming every machine that may not go, and why */
  protected async plan(
    work: UnitOfWork,
    { names, site }: UnwantedMachines,
    { ids, creator, now }: Destroyer,
  ): Promise<DeprovisionPlan> {
    await readTogether(names.map((name) => () => work.load(hostName, `site/${site}/${name}`)));
    const faults = new MachineFaults();
    const machines: TargetMachine[] = [];
    const found: { readonly hostname: string; readonly id: number }[] = [];
    for (const hostname of names) {
      const id = await work.load(hostName, `site/${site}/${hostname}`);
      if (id === undefined) {
        faults.add(hostname, [
          { field: 'names', code: 'INVALID_VALUE', text: `there is no such structure at the site "${site}"` },
        ]);
      } else found.push({ hostname, id });
    }
    await readTogether(
      found.flatMap(({ id }) => [() => work.load(structure, id), () => work.load(holderAddresses, id)]),
    );
    for (const { hostname, id } of found) {
      const its = await work.load(structure, id);
      if (its.stage === 'active') machines.push({ structure: id, hostname, foundation: its.value.foundation });
    }
    await readTogether(machines.map((machine) => () => work.load(foundation, machine.foundation)));
    const plans: RemovalPlan[] = [];
    const pause = pauseBetweenSlices();
    const addresses = await Promise.all(
      machines.map(async (machine) => [...(await work.load(holderAddresses, machine.structure)).keys()]),
    );
    const destroyed = new Set<string>();
    for (const machine of machines) {
      const of = { kind: 'Structure', id: String(machine.structure) };
      for (const { kind, id } of await destroyedWith(work, this.targets.all, of)) destroyed.add(`${kind} ${id}`);
      await pause();
    }
    const going = {
      addresses: new Set(addresses.flat().map((id) => `Address ${id}`)),
      structures: new Set(machines.map((machine) => machine.structure)),
      foundations: new Set(machines.map((machine) => machine.foundation)),
      destroyed,
    };
    for (const machine of machines) {
      const reasons = await this.#against(work, machine, going);
      if (reasons.length > 0) faults.add(machine.hostname, reasons);
      await pause();
    }
    faults.noteIn(work);
    work.throwIfFaulted();
    for (const machine of machines) {
      plans.push({
        ...machine,
        addresses: await addressesOf(work, machine.structure),
        jobs: await this.#destroy(work, machine, { ids, creator, now }),
      });
      await pause();
    }
    const id = await ids.next('deprovision');
    await work.decide(deprovision, id, { type: 'BeginDeprovision', data: { site, creator, machines } });
    return { dry_run: false, id, site, machines: plans };
  }

  /** Why a machine may not go. */
  async #against(work: UnitOfWork, { structure: id, foundation: locator }: TargetMachine, all: GoingAlong) {
    const refused = (code: string, text: string) => ({ field: '', code, text });
    const its = await work.load(structure, id);
    const below = await work.load(foundation, locator);
    const reasons: { readonly field: string; readonly code: string; readonly text: string }[] = [];
    for (const [what, state] of [
      ['structure', its],
      ['foundation', below],
    ] as const) {
      const job = 'value' in state ? state.value.job : undefined;
      if (job)
        reasons.push(
          refused('JOB_EXISTS', `job ${job.job} (${job.script}) is at work on its ${what}: wait for it, or cancel it`),
        );
    }
    const users = [
      ...(await this.#usersOf('Building/Structure', id)),
      ...(await this.#usersOf('Building/Foundation', locator)),
    ].filter((user) => !all.destroyed.has(user) && !all.addresses.has(nameOf(user)) && user !== `Structure ${id}`);
    if (users.length > 0) reasons.push(refused('NOT_DELETABLE', `it is used by ${users.slice(0, 10).join(', ')}`));
    for (const [complex, carried] of await carriedBehind(this.reads.now, id, all)) {
      const text = `complex ${complex} is not built without it, and carries foundations that are built or have a job: ${someOf(carried)}: take them down too, or first`;
      reasons.push(refused('COMPLEX_IN_USE', text));
    }
    return reasons;
  }

  /** Whoever uses an object, by any of the models that share its id. */
  async #usersOf(model: string, key: Key): Promise<readonly string[]> {
    const { whole } = this.catalogue;
    const family = whole.family(model);
    const looks = whole.models
      .filter(({ path }) => whole.family(path) === family)
      .flatMap(({ deletion }) => deletion?.users ?? []);
    const found = await Promise.all(looks.map((users) => users(this.reads.now, key)));
    return [...new Set(found.flat())];
  }

  /** Makes the jobs that destroy a machine, and what hangs on it; each waits for those before it. */
  async #destroy(
    work: UnitOfWork,
    { structure: id, foundation: locator }: TargetMachine,
    { ids, creator, now }: Destroyer,
  ): Promise<readonly PlannedJob[]> {
    const its = await work.load(structure, id);
    const below = await work.load(foundation, locator);
    const wanted: TargetId[] = [];
    if ('value' in its && isStanding(its.value)) {
      const of = { kind: 'Structure', id: String(id) };
      wanted.push(...(await destroyedWith(work, this.targets.all, of)), of);
    }
    if ('value' in below && isStanding(below.value)) wanted.push({ kind: 'Foundation', id: locator });
    const made: PlannedJob[] = [];
    for (const { kind, id: target } of wanted) {
      const of = this.targets.all.get(kind);
      if (!of) throw new Error(`there are no job targets of the kind ${kind}`);
      const script = 'destroy';
      const job = await createJob(work, of, { target, script, creator, id: await ids.next('job'), now });
      made.push({ target: kind, script, job });
    }
    return made;
  }
}

/** Whether a part of a machine is to be destroyed, and is not already, with a machine that takes it along. */
const isStanding = ({ built, job }: { readonly built: boolean; readonly job: unknown }): boolean => built && !job;

/** The addresses of a host, as text. */
async function addressesOf(work: UnitOfWork, holder: number): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const id of (await work.load(holderAddresses, holder)).keys()) {
    const found = await work.load(address, id);
    if (!('value' in found) || found.value.block === null || found.value.offset === null) continue;
    const block = await work.load(addressBlock, found.value.block);
    if ('value' in block) texts.push(formatAddress(subnetOfBlock(block.value).address + BigInt(found.value.offset)));
  }
  return texts;
}

@CommandHandler(DeprovisionMachines)
class DeprovisionMachinesHandler extends DeprovisionHandler<DeprovisionMachines> {
  async decide(work: UnitOfWork, { unwanted }: DeprovisionMachines, context: CommandContext) {
    const { metadata, now } = context;
    return this.plan(work, unwanted, { ids: bulkIds(this.ids, unwanted.names.length), creator: metadata.actor, now });
  }
}

@CommandHandler(PreviewDeprovision)
class PreviewDeprovisionHandler extends DeprovisionHandler<PreviewDeprovision> {
  async decide(work: UnitOfWork, { unwanted }: PreviewDeprovision, context: CommandContext) {
    const { metadata, now } = context;
    const plan = await this.plan(work.fork(), unwanted, { ids: noIds(), creator: metadata.actor, now });
    const machines = plan.machines.map((machine) => ({
      ...machine,
      jobs: machine.jobs.map((job) => ({ ...job, job: null })),
    }));
    return { ...plan, dry_run: true, id: null, machines };
  }
}

@CommandHandler(CancelDeprovision)
class CancelDeprovisionHandler extends UnitOfWorkHandler<CancelDeprovision> {
  async decide(work: UnitOfWork, { key }: CancelDeprovision, { metadata: { actor: by } }: CommandContext) {
    if (!(await work.load(deprovision, key))) throw refuse('', 'NOT_FOUND', 'Deprovision does not exist');
    await work.decide(deprovision, key, { type: 'CancelDeprovision', data: { by } });
  }
}

@CommandHandler(NoteMachines)
class NoteMachinesHandler extends UnitOfWorkHandler<NoteMachines> {
  async decide(work: UnitOfWork, { key, removed, kept }: NoteMachines) {
    await work.decide(deprovision, key, { type: 'NoteMachines', data: { removed, kept } });
  }
}

export const deprovisionHandlers = [
  DeprovisionMachinesHandler,
  PreviewDeprovisionHandler,
  CancelDeprovisionHandler,
  NoteMachinesHandler,
];
