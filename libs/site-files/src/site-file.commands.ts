import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import { ApiCatalogue, DeletionRegistry, may, SecretSealing } from '#api';
import type { DeletionHandler } from '#api';
import type { ResourceFile } from '#blueprint';
import { declaresSecrets, loadContext, loadResources, MAX_CHARACTERS, MAX_OBJECTS, placedText } from '#blueprint';
import type { EventStore } from '#event-store';
import { CommandContext, CommandExecutor, EVENT_STORE, NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { Caller, UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import type { Key, ReadStore } from '#read-store';
import { Ids, NotReady, READ_STORE } from '#read-store';
import { Secrets } from '#secrets';
import type { AppliedObject, ApplyResult } from './applied-object.ts';
import { ObjectApplication } from './apply-objects.ts';
import type { Definition } from './definition.ts';
import { idOf } from './definition.ts';
import type { Pruning } from './prune.ts';
import { deletionOf, prune, prunedBy } from './prune.ts';
import type { SiteFile } from './read-site-file.ts';
import { readSiteFile } from './read-site-file.ts';
import { SiteContents } from './site-contents.ts';
import { SiteFaults } from './site-faults.ts';

/** What is to be applied, and how. */
export interface ApplyOrder {
  /** Text by the name of the file. */
  readonly files: ReadonlyMap<string, string>;
  /** Whether what is at the sites of the files and not in the files is deleted. */
  readonly prune: boolean;
  /** Whether it is only told what would come of it. */
  readonly dryRun: boolean;
}

/** Applies files of resources and sites, all of them or nothing. */
export class ApplySiteFiles extends NamedCommand<ApplyResult> {
  constructor(readonly order: ApplyOrder) {
    super();
  }

  override get isLarge(): boolean {
    return true;
  }

  override get notPreviewable(): string | undefined {
    return this.order.prune && !this.order.dryRun ? 'what it prunes is closed before; take dry_run' : undefined;
  }
}

const FILE_NAME = /^[^\p{Cc}/:\\]{1,100}$/u;
/** How long the read models may take to show what is in the log, in milliseconds. */
const TIMEOUT_MS = 10_000;

/** An object that will be deleted. */
interface Doomed {
  readonly key: Key;
  readonly handler: DeletionHandler;
}

/** Files as they were read, and who applies them. */
interface Prepared {
  readonly files: readonly SiteFile[];
  readonly context: CommandContext;
}

@CommandHandler(ApplySiteFiles)
export class ApplySiteFilesHandler extends UnitOfWorkHandler<ApplySiteFiles, Prepared> {
  @Inject(ApiCatalogue) protected readonly catalogue!: ApiCatalogue;
  @Inject(READ_STORE) protected readonly reads!: ReadStore;
  @Inject(EVENT_STORE) protected readonly store!: EventStore;
  @Inject(Secrets) protected readonly secrets!: Secrets;
  @Inject(Ids) protected readonly ids!: Ids;
  @Inject(SecretSealing) protected readonly sealing!: SecretSealing;
  @Inject(DeletionRegistry) protected readonly deletions!: DeletionRegistry;
  @Inject(CommandExecutor) protected readonly executor!: CommandExecutor;
  override readonly completesBySealing = true;

  /**
   * What is deleted is closed before, in an append of its own: whoever refers to an object checks that it is not, so
   * the look for users misses nobody. Where it is not deleted after all it is opened again.
   */
  override async execute(command: ApplySiteFiles) {
    if (!command.order.prune || command.order.dryRun) return super.execute(command);
    const context = CommandContext.from(command);
    const doomed = await this.#doomed(command, context);
    const each = (step: string, task: (work: UnitOfWork, one: Doomed) => Promise<void>) =>
      this.executor.execute(
        { ...context.metadata, request: `${context.metadata.request}/${step}`, command: command.commandName },
        async (work) => {
          for (const one of doomed) await task(work, one);
          work.throwIfFaulted();
        },
        { large: true },
      );
    await each('close', async (work, { handler, key }) => {
      // What still carries something is closed in the append that deletes both.
      await work.faultsOf(() => handler.closeWithin(work, key, context));
    });
    try {
      return await super.execute(command);
    } catch (error) {
      await each('reopen', (work, { handler, key }) => handler.reopenWithin(work, key));
      throw error;
    }
  }

  /** What will be deleted; where anything is wrong, nothing is begun. @throws Refusal */
  async #doomed(command: ApplySiteFiles, context: CommandContext): Promise<readonly Doomed[]> {
    const { files } = await this.prepare(command, context);
    await this.runner.run([new ApplySiteFiles({ ...command.order, dryRun: true })], context);
    const catalogue = this.catalogue.whole;
    const contents = new SiteContents(catalogue, this.reads.now);
    const definitions = files.flatMap((file) => file.definitions);
    for (const { kind, site } of definitions) if (kind === 'site') await contents.read(site);
    return prunedBy(definitions, contents).objects.map((one) => ({
      key: one.key,
      handler: this.deletions.of(deletionOf(one, catalogue)),
    }));
  }

  /** Reads the files. @throws Refusal where they are too large, or there are none */
  override async prepare({ order }: ApplySiteFiles, context: CommandContext): Promise<Prepared> {
    const texts = [...order.files];
    if (texts.length === 0) throw refuse('files', 'BLANK', 'there is no file to apply');
    for (const [name] of texts) {
      if (!FILE_NAME.test(name)) throw refuse('files', 'PATTERN', `"${name}" is no name of a file`);
    }
    const characters = texts.reduce((sum, [, text]) => sum + text.length, 0);
    if (characters > MAX_CHARACTERS) {
      throw refuse('files', 'TOO_LONG', `${characters} characters in files; at most ${MAX_CHARACTERS} at once`);
    }
    const files = texts.map(([name, text]) => readSiteFile(name, text));
    const objects = files.reduce(
      (sum, { resources, definitions }) =>
        sum + resources.definitions.length + resources.links.length + definitions.length,
      0,
    );
    if (objects > MAX_OBJECTS) {
      throw refuse('files', 'TOO_MANY', `${objects} things in files; at most ${MAX_OBJECTS} at once`);
    }
    return { files, context };
  }

  async decide(work: UnitOfWork, { order }: ApplySiteFiles, context: CommandContext, { files }: Prepared) {
    const { dryRun } = order;
    // A fork that is not absorbed leaves nothing but what it has read.
    const fork = dryRun ? work.fork() : work;
    const faults = new SiteFaults(fork);
    const names = files.map(({ file }) => file);
    for (const { resources, faults: own } of files) {
      for (const fault of [...resources.faults, ...own]) faults.at(fault, 'RESOURCE_FILE');
    }
    const definitions = once(
      files.flatMap((file) => file.definitions),
      faults,
    );
    faults.end(names);
    fork.throwIfFaulted();
    const resources = await this.#resources(fork, files, dryRun, context);
    const objects = await this.#objects(fork, definitions, faults, context, order.prune);
    faults.end(names);
    fork.throwIfFaulted();
    const warnings = [...files.flatMap((file) => file.resources.warnings), ...resources.warnings].map(placedText);
    return { dry_run: dryRun, objects: [...resources.objects, ...objects], warnings };
  }

  /** What was written in clear text before the names of secrets were declared is sealed before the answer. */
  override async complete({ order }: ApplySiteFiles, result: ApplyResult, { files, context }: Prepared) {
    if (!order.dryRun && files.some(({ resources }) => declaresSecrets(resources))) {
      await this.sealing.seal(context);
    }
    return result;
  }

  async #resources(work: UnitOfWork, files: readonly SiteFile[], dryRun: boolean, context: CommandContext) {
    const some: readonly ResourceFile[] = files
      .map(({ resources }) => resources)
      .filter(({ definitions, links }) => definitions.length + links.length > 0);
    if (some.length === 0) return { objects: [], warnings: [] };
    if (!may(callerOf(context), { grant: 'BluePrint.can_load_resources' })) {
      throw refuse('files', 'FORBIDDEN', 'resources take the permission BluePrint.can_load_resources');
    }
    const selection = { type: 'all', name: undefined, mode: 'both' } as const;
    const parts = { secrets: this.secrets, ids: this.ids };
    const loaded = await loadResources(work, some, selection, loadContext(some, dryRun, context, parts));
    return {
      objects: loaded.objects.map((one): AppliedObject => ({ ...one, kind: RESOURCE_KINDS[one.kind] })),
      warnings: loaded.warnings,
    };
  }

  async #objects(
    work: UnitOfWork,
    definitions: readonly Definition[],
    faults: SiteFaults,
    context: CommandContext,
    prunes: boolean,
  ) {
    if (definitions.length === 0) return [];
    const { now: view, projector } = this.reads;
    if (!(await projector.caughtUp(await this.store.head(), TIMEOUT_MS)))
      throw new NotReady('the read models are late');
    const catalogue = this.catalogue.whole;
    const caller = callerOf(context);
    const contents = new SiteContents(catalogue, view);
    const run = async <R>(command: NamedCommand<R>) => (await this.runner.part(command, context)).decide(work);
    const applying = { work, catalogue, view, caller, context, contents, faults, run };
    const applied = await new ObjectApplication(applying, definitions).all();
    if (!prunes || faults.count > 0) return applied;
    return [...applied, ...(await prune(work, prunedBy(definitions, contents), this.#pruning(context)))];
  }

  #pruning(context: CommandContext): Pruning {
    return {
      catalogue: this.catalogue.whole,
      deletions: this.deletions,
      caller: callerOf(context),
      context,
      fork: (events) => this.reads.fork(events),
    };
  }
}

const RESOURCE_KINDS = {
  script: 'script',
  foundation: 'foundation blueprint',
  structure: 'structure blueprint',
  pxe: 'PXE',
  link: 'link',
} as const;

/** Who asks; nobody is nobody. */
const callerOf = ({ caller = { source: '' } }: CommandContext): Caller => caller;

/** Nothing may be defined twice: which one counts would be left to chance. */
function once(definitions: readonly Definition[], faults: SiteFaults): readonly Definition[] {
  const known = new Map<string, Definition>();
  for (const definition of definitions) {
    const id = idOf(definition);
    const other = known.get(id);
    if (other) {
      const text = `is defined in ${other.file}:${other.lines.get('') ?? 0} too, as ${other.path}`;
      faults.of(definition, '', 'TAKEN', text);
    } else known.set(id, definition);
  }
  return [...known.values()];
}
