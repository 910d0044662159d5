import { Inject, Optional } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import { SecretSealing } from '#api';
import type { CommandContext } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import { Ids } from '#read-store';
import { Secrets } from '#secrets';
import type { LoadMode, LoadResult, ResourceType } from './load-result.ts';
import { LOAD_MODES, RESOURCE_TYPES } from './load-result.ts';
import { loadResources } from './load-resources.ts';
import { declaresSecrets, loadContext } from './load-context.ts';
import type { Selection } from './loading.ts';
import type { ResourceFile } from './resource-file.ts';
import { MAX_CHARACTERS, MAX_OBJECTS, placedText, readResourceFile } from './resource-file.ts';
import { SHIPPED_RESOURCES, ShippedResources } from './shipped-resources.ts';

/** What is to be loaded, and how. */
export interface LoadOrder {
  /** Text by the name of the file; it counts as where the links come from that it makes. */
  readonly files: ReadonlyMap<string, string>;
  /** Names of files that come with the server. */
  readonly shipped: readonly string[];
  readonly type: string;
  readonly name: string | null;
  readonly mode: string;
  /** Whether it is only told what would come of it. */
  readonly dryRun: boolean;
}

/** Loads resource files, all of them or nothing. */
export class LoadResources extends NamedCommand<LoadResult> {
  constructor(readonly order: LoadOrder) {
    super();
  }

  override get isLarge(): boolean {
    return true;
  }
}

const FILE_NAME = /^[^\p{Cc}/:\\]{1,100}$/u;

/** Files as they were read, and who loads them. */
interface Prepared {
  readonly files: readonly ResourceFile[];
  readonly context: CommandContext;
}

@CommandHandler(LoadResources)
export class LoadResourcesHandler extends UnitOfWorkHandler<LoadResources, Prepared> {
  override readonly completesBySealing = true;
  readonly #secrets: Secrets;
  readonly #ids: Ids;
  readonly #sealing: SecretSealing;
  readonly #shipped: ShippedResources;

  constructor(
    @Inject(Secrets) secrets: Secrets,
    @Inject(Ids) ids: Ids,
    @Inject(SecretSealing) sealing: SecretSealing,
    @Optional() @Inject(SHIPPED_RESOURCES) shipped?: readonly URL[],
  ) {
    super();
    this.#secrets = secrets;
    this.#ids = ids;
    this.#sealing = sealing;
    this.#shipped = new ShippedResources(shipped);
  }

  /** Reads the files. @throws Refusal where they are too large, or there are none */
  override async prepare({ order }: LoadResources, context: CommandContext): Promise<Prepared> {
    const texts = [...order.files];
    for (const name of order.shipped) {
      const file = await this.#shipped.get(name);
      if (!file) throw refuse('shipped', 'INVALID_VALUE', `no resource file "${name}" comes with the server`);
      texts.push([file.file, file.text]);
    }
    if (texts.length === 0) throw refuse('files', 'BLANK', 'there is no file to load');
    for (const [name] of texts) {
      if (!FILE_NAME.test(name)) throw refuse('files', 'PATTERN', `"${name}" is no name of a file`);
    }
    const characters = texts.reduce((sum, [, text]) => sum + text.length, 0);
    if (characters > MAX_CHARACTERS) {
      throw refuse(
        'files',
        'TOO_LONG',
        `${characters} characters in resource files; at most ${MAX_CHARACTERS} at once`,
      );
    }
    const files = texts.map(([name, text]) => readResourceFile(name, text));
    const objects = files.reduce((sum, { definitions, links }) => sum + definitions.length + links.length, 0);
    if (objects > MAX_OBJECTS) {
      throw refuse('files', 'TOO_MANY', `${objects} things in resource files; at most ${MAX_OBJECTS} at once`);
    }
    return { files, context };
  }

  /** What was written in clear text before the names of secrets were declared is sealed before the answer. */
  override async complete({ order }: LoadResources, result: LoadResult, { files, context }: Prepared) {
    if (files.some(declaresSecrets) && !order.dryRun) await this.#sealing.seal(context);
    return result;
  }

  async decide(work: UnitOfWork, { order }: LoadResources, context: CommandContext, { files }: Prepared) {
    const { dryRun } = order;
    const selection = selectionOf(work, order);
    work.throwIfFaulted();
    // A fork that is not absorbed leaves nothing but what it has read.
    const fork = dryRun ? work.fork() : work;
    const parts = { secrets: this.#secrets, ids: this.#ids };
    const loaded = await loadResources(fork, files, selection, loadContext(files, dryRun, context, parts));
    fork.throwIfFaulted();
    const warnings = [...files.flatMap((file) => file.warnings), ...loaded.warnings].map(placedText);
    return { dry_run: dryRun, objects: loaded.objects, warnings };
  }
}

/** What is to be loaded of the files; values that are none are faults. */
function selectionOf(work: UnitOfWork, { type, mode, name }: LoadOrder): Selection {
  const choose = <T extends string>(field: string, value: string, choices: readonly T[]): T => {
    if (!choices.includes(value as T)) work.fault(field, 'CHOICE', `must be one of ${choices.join(', ')}`);
    return value as T;
  };
  return {
    type: choose<ResourceType>('type', type, RESOURCE_TYPES),
    mode: choose<LoadMode>('mode', mode, LOAD_MODES),
    name: name === null || name === '' ? undefined : name,
  };
}
