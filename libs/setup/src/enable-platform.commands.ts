import { Inject, Optional } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { Model } from '#api';
import { ApiCatalogue, permissionFor } from '#api';
import { ChangeGroup, group } from '#auth';
import type { LoadResult } from '#blueprint';
import { LoadResources, SHIPPED_RESOURCES } from '#blueprint';
import type { CommandContext, CommandPart } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import type { ServerHalf } from '#platform';
import { PLATFORMS } from '#platform';
import { PlatformList } from './platforms.ts';
import { BUILDERS, INFRASTRUCTURE } from './standard-groups.ts';

/** What enabling a platform came to. A type, so that it is JSON. */
export type EnabledPlatform = {
  readonly dry_run: boolean;
  readonly objects: LoadResult['objects'];
  /** What groups have been granted. */
  readonly granted: Readonly<Record<string, readonly string[]>>;
  readonly warnings: readonly string[];
};

/** Loads the resources of a platform, and lets those work with it who build: all of it, or nothing. */
export class EnablePlatform extends NamedCommand<EnabledPlatform> {
  constructor(
    readonly platform: string,
    readonly dryRun: boolean,
  ) {
    super();
  }

  override get isLarge(): boolean {
    return true;
  }
}

/** What is loaded; undefined where the platform has no resource file. */
type Prepared = CommandPart<LoadResult> | undefined;

const VERBS = ['view', 'add', 'change', 'delete'] as const;
const EMPTY: LoadResult = { dry_run: false, objects: [], warnings: [] };

@CommandHandler(EnablePlatform)
export class EnablePlatformHandler extends UnitOfWorkHandler<EnablePlatform, Prepared> {
  readonly #platforms: PlatformList;

  constructor(
    @Inject(PLATFORMS) halves: readonly ServerHalf[],
    @Inject(ApiCatalogue) private readonly catalogue: ApiCatalogue,
    @Optional() @Inject(SHIPPED_RESOURCES) shipped?: readonly URL[],
  ) {
    super();
    this.#platforms = new PlatformList(halves, shipped);
  }

  override async prepare({ platform, dryRun }: EnablePlatform, context: CommandContext): Promise<Prepared> {
    if (!this.#platforms.half(platform)) throw refuse('name', 'INVALID_VALUE', `there is no platform "${platform}"`);
    const file = await this.#platforms.resources(platform);
    if (!file) return undefined;
    const order = { files: new Map(), shipped: [platform], type: 'all', name: null, mode: 'both', dryRun };
    return this.runner.part(new LoadResources(order), context);
  }

  override async complete(_: EnablePlatform, result: EnabledPlatform, part: Prepared): Promise<EnabledPlatform> {
    if (!result.dry_run) await part?.complete(EMPTY);
    return result;
  }

  async decide(work: UnitOfWork, { platform, dryRun }: EnablePlatform, context: CommandContext, part: Prepared) {
    const half = this.#platforms.half(platform);
    const { objects, warnings } = part ? await part.decide(work) : EMPTY;
    const granted: Record<string, readonly string[]> = {};
    const missing: string[] = [];
    const grants = [
      [BUILDERS, half?.foundationTypes.map(({ model }) => model) ?? []],
      [INFRASTRUCTURE, [...(half?.complexTypes?.map(({ model }) => model) ?? []), ...(half?.complexModels ?? [])]],
    ] as const;
    for (const [name, models] of grants) {
      const wanted = [...new Set(models.flatMap((model) => permissionsOf(this.catalogue.whole.model(model))))];
      const found = await work.load(group, name);
      if (wanted.length === 0) continue;
      if (found.stage !== 'active') {
        missing.push(`there is no group "${name}": nobody was granted ${wanted.join(', ')}`);
        continue;
      }
      const added = wanted.filter((one) => !found.value.permissions.includes(one));
      if (added.length === 0) continue;
      granted[name] = added;
      if (dryRun) continue;
      const change = new ChangeGroup(name, { permissions: [...found.value.permissions, ...added] });
      await (await this.runner.part(change, context)).decide(work);
    }
    return { dry_run: dryRun, objects, granted, warnings: [...warnings, ...missing] };
  }
}

/** The permissions that working with the objects of a model takes. */
const permissionsOf = (model: Model | undefined): string[] =>
  model === undefined
    ? []
    : VERBS.flatMap((verb) => {
        const permission = permissionFor(model, verb);
        return typeof permission === 'string' ? [] : [permission.grant];
      });
