import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import type { Key } from '#read-store';
import { Ids } from '#read-store';
import type { Post } from './post.ts';
import { post } from './post.ts';

/** Makes a post that boxes are to get; results in its id. */
export class MakePost extends NamedCommand<number> {
  constructor(readonly made: Post) {
    super();
  }
}

/** A post was delivered to every box, or there is none left. */
export class FinishPost extends NamedCommand {
  constructor(readonly key: Key) {
    super();
  }
}

@CommandHandler(MakePost)
class MakePostHandler extends UnitOfWorkHandler<MakePost, number> {
  constructor(@Inject(Ids) private readonly ids: Ids) {
    super();
  }

  override prepare(): Promise<number> {
    return this.ids.next('post');
  }

  async decide(work: UnitOfWork, { made }: MakePost, _: unknown, id: number): Promise<number> {
    await work.decide(post, id, { type: 'MakePost', data: made });
    return id;
  }
}

@CommandHandler(FinishPost)
class FinishPostHandler extends UnitOfWorkHandler<FinishPost> {
  async decide(work: UnitOfWork, { key }: FinishPost): Promise<void> {
    await work.decide(post, key, { type: 'FinishPost', data: {} });
  }
}

export const postHandlers = [MakePostHandler, FinishPostHandler];
