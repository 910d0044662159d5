import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import type { ServerHalf } from '#platform';
import { PLATFORMS } from '#platform';
import { isComplexBuilt, whyNotLocated } from '../foundation-target.ts';
import { foundation } from '../foundation.ts';

/** Takes a foundation as located, where it is planned and becomes so with its complex, which is built; else nothing happens. */
export class LocateCarried extends NamedCommand {
  constructor(readonly locator: string) {
    super();
  }
}

@CommandHandler(LocateCarried)
export class LocateCarriedHandler extends UnitOfWorkHandler<LocateCarried> {
  readonly #types: readonly string[];

  constructor(@Inject(PLATFORMS) platforms: readonly ServerHalf[]) {
    super();
    this.#types = typesWithComplex(platforms);
  }

  async decide(work: UnitOfWork, { locator }: LocateCarried) {
    const found = await work.load(foundation, locator);
    if (found.stage !== 'active') return;
    const { value } = found;
    if (value.located || value.complex == null || !this.#types.includes(value.type)) return;
    if (!(await isComplexBuilt(work, value.complex)) || (await whyNotLocated(work, value))) return;
    // It stays planned where a job is in the way; when that is over, it is looked again.
    await work.attempt(foundation, locator, { type: 'LocateFoundation', data: {} });
  }
}

/** The kinds of foundations that are located with their complex. */
const typesWithComplex = (platforms: readonly ServerHalf[]): readonly string[] =>
  platforms
    .flatMap(({ foundationTypes }) => foundationTypes)
    .filter(({ locates }) => locates === 'with-complex')
    .map(({ type }) => type);
