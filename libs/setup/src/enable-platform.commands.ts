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

/** What is loaded: what the platform needs and is not there, and its own resource file, where it has one. */
type Prepared = readonly CommandPart<LoadResult>[];

const VERBS = ['view', 'add', 'change', 'delete'] as const;
/** What is needed and there already is left as it is. */
const isLoaded = ({ outcome }: LoadResult['objects'][number]): boolean => outcome !== 'skipped';
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
    const half = this.#platforms.half(platform);
    if (!half) throw refuse('name', 'INVALID_VALUE', `there is no platform "${platform}"`);
    const order = { files: new Map(), type: 'all', name: null, dryRun };
    const orders: LoadResources[] = [];
    const { needs = [] } = half;
    if (needs.length > 0) orders.push(new LoadResources({ ...order, shipped: needs, mode: 'add' }));
    if (await this.#platforms.resources(platform)) {
      orders.push(new LoadResources({ ...order, shipped: [platform], mode: 'both' }));
    }
    return Promise.all(orders.map((one) => this.runner.part(one, context)));
  }

  override async complete(_: EnablePlatform, result: EnabledPlatform, parts: Prepared): Promise<EnabledPlatform> {
    if (!result.dry_run) for (const part of parts) await part.complete(EMPTY);
    return result;
  }

  async decide(work: UnitOfWork, { platform, dryRun }: EnablePlatform, context: CommandContext, parts: Prepared) {
    const half = this.#platforms.half(platform);
    const loaded: LoadResult[] = [];
    for (const part of parts) loaded.push(await part.decide(work));
    const [objects, warnings] = [
      loaded.flatMap((one) => one.objects).filter(isLoaded),
      loaded.flatMap((one) => one.warnings),
    ];
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
