import type { Decider, Message } from '#kernel';
import { refuse } from '#kernel';
import type { ReadModel } from '#read-store';
import { gone, rule } from '#read-store';
import type { BoxKind } from './box.ts';
import type { ForTarget } from './boxes.ts';
import { forTarget, targetKey } from './boxes.ts';

/** Something that boxes are told: a job of a foundation or structure has ended, or its state was forced. */
export interface Post {
  readonly kind: BoxKind;
  /** Id of the foundation or structure. */
  readonly target: string;
  /** Name of the script; `create` or `destroy` where a state was forced. */
  readonly name: string;
  /** UUID of the event it is about. */
  readonly about: string;
}

type State = 'none' | 'undelivered' | 'over';

export type PostCommand = Message<'MakePost', Post> | Message<'FinishPost', object>;
export type PostEvent = Message<'PostMade', Post> | Message<'PostFinished', object>;

/** A post is there until every box has got it. */
export const post: Decider<State, PostCommand, PostEvent> = {
  category: 'post',
  creationCommands: ['MakePost'],
  initial: () => 'none',
  decide: {
    MakePost: (data, state) =>
      state === 'none' ? { type: 'PostMade', data } : refuse('id', 'TAKEN', 'Post with this Id already exists.'),
    FinishPost: (_, state) => (state === 'undelivered' ? { type: 'PostFinished', data: {} } : []),
  },
  evolve: {
    PostMade: () => 'undelivered',
    PostFinished: () => 'over',
  },
};

/** A post as it is shown. */
export interface PostRow extends Post, ForTarget {
  readonly created: string;
  readonly updated: string;
}

/** Posts that were not delivered to every box yet, by id. */
export const posts: ReadModel<PostRow> = {
  name: 'posts',
  version: 1,
  key: 'integer',
  history: true,
  indexes: {
    kind: ({ kind }) => kind,
    target: ({ kind, target }) => targetKey(kind, target),
    foundation: ({ foundation }) => foundation,
    structure: ({ structure }) => structure,
    about: ({ about }) => about,
  },
  on: {
    PostMade: rule<PostRow, Post>((_, { data, at }) => ({
      ...data,
      ...forTarget(data.kind, data.target),
      created: at,
      updated: at,
    })),
    PostFinished: gone(),
  },
};
