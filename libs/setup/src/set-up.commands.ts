import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import { ApiCatalogue, permissionsOf } from '#api';
import type { AccountOutcome } from '#auth';
import { SetUpAccounts } from '#auth';
import type { LoadResult } from '#blueprint';
import { LoadResources } from '#blueprint';
import { entries } from '#directory';
import type { CommandContext, CommandPart } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import type { ReadStore } from '#read-store';
import { Ids, READ_STORE } from '#read-store';
import type { SetUpOrder } from './set-up-order.ts';
import { searchList } from './set-up-order.ts';
import type { SetUpObject, SetUpResult } from './set-up-report.ts';
import { SetUpRun } from './set-up-report.ts';
import { setUpAll } from './set-up-steps.ts';

/** The resource files that hold the blueprints of the stand-in host, and what machines boot. */
const RESOURCES = ['base_os', 'disks', 'manual'];

/** Makes what a new installation begins with, all of it or nothing; what is there already stays as it is. */
export class SetUp extends NamedCommand<SetUpResult> {
  constructor(readonly order: SetUpOrder) {
    super();
  }

  override get isLarge(): boolean {
    return true;
  }
}

/** What is decided in the unit of work of the set-up besides: the resource files, read, and accounts. */
interface Prepared {
  readonly resources: CommandPart<LoadResult>;
  readonly accounts: CommandPart<readonly AccountOutcome[]>;
}

@CommandHandler(SetUp)
export class SetUpHandler extends UnitOfWorkHandler<SetUp, Prepared> {
  constructor(
    @Inject(ApiCatalogue) private readonly catalogue: ApiCatalogue,
    @Inject(READ_STORE) private readonly reads: ReadStore,
  ) {
    super();
  }

  override async prepare({ order }: SetUp, context: CommandContext): Promise<Prepared> {
    const files = { files: new Map(), shipped: RESOURCES, type: 'all', name: null, mode: 'add', dryRun: false };
    const { superuser, legacyNetworks, dryRun } = order;
    const resources = await this.runner.part(new LoadResources(files), context);
    return {
      resources,
      accounts: await this.runner.part(new SetUpAccounts({ superuser, legacyNetworks, dryRun }), context),
    };
  }

  override async complete(_: SetUp, result: SetUpResult, { resources, accounts }: Prepared): Promise<SetUpResult> {
    if (result.dry_run) return result;
    await resources.complete({ dry_run: false, objects: [], warnings: [] });
    await accounts.complete(result.objects.filter(isAccount));
    return result;
  }

  override async rollBack(_: SetUp, { resources, accounts }: Prepared): Promise<void> {
    await resources.rollBack();
    await accounts.rollBack();
  }

  /** It is rehearsed first, so that what is refused uses up no id: those of a fresh installation are known to many. */
  async decide(work: UnitOfWork, { order }: SetUp, context: CommandContext, prepared: Prepared) {
    const fork = work.fork();
    const rehearsed = await Ids.rehearse(() => this.#run(fork, order, context, prepared));
    fork.throwIfFaulted();
    return order.dryRun ? rehearsed : this.#run(work, order, context, prepared);
  }

  async #run(
    work: UnitOfWork,
    order: SetUpOrder,
    context: CommandContext,
    { resources, accounts }: Prepared,
  ): Promise<SetUpResult> {
    const run = new SetUpRun(work, async (command) => (await this.runner.part(command, context)).decide(work));
    const loaded = await resources.decide(work);
    for (const { kind, name, outcome } of loaded.objects) {
      if (outcome === 'created') run.note(`resource ${kind}`, name, 'created', name);
    }
    const { rows } = await this.reads.now.list(entries, { where: { zone: null } });
    const facts = { permissions: permissionsOf(this.catalogue.whole), entries: rows.map(({ row }) => row) };
    const host = await setUpAll(run, order, facts);
    for (const { kind, name, outcome } of await accounts.decide(work)) run.note(kind, name, outcome, name);
    return {
      dry_run: order.dryRun,
      objects: run.objects,
      warnings: run.warnings,
      settings: {
        ...(host === undefined || host < 0 ? {} : { BIND_NS_NETWORKED_LIST: String(host) }),
        BIND_SOA_EMAIL: `hostmaster.${order.domain.toLowerCase()}`,
      },
      resolver: [`search ${searchList(order.domain).join(' ')}`, 'nameserver 127.0.0.1'],
    };
  }
}

const isAccount = (one: SetUpObject): one is SetUpObject & AccountOutcome =>
  one.kind === 'Account' || one.kind === 'Service';
