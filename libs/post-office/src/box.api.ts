import type { Extension, Field, Model, Values } from '#api';
import {
  action,
  boolean,
  byReference,
  dateTime,
  defineModel,
  integer,
  map,
  numberReference,
  parameter,
  reference,
  text,
} from '#api';
import { maskSecrets } from '#kernel';
import type { Key } from '#read-store';
import { ChangeBox, CreateBox, DeleteFoundationBox, DeleteStructureBox, ExtendBox } from './box.commands.ts';
import type { BoxKind } from './box.ts';
import { box } from './box.ts';
import type { BoxRow } from './boxes.ts';
import { boxes, targetKey } from './boxes.ts';
import { post, posts } from './post.ts';
import type { PostRow } from './post.ts';
import { MAX_PROXY, MAX_URL } from './targets.ts';

export const boxFields = {
  url: text(MAX_URL, { required: true }),
  proxy: text(MAX_PROXY),
  type: text(4, { required: true, choices: ['post', 'call'] }),
  one_shot: boolean({ default: true }),
  extra_data: map({ default: {} }),
  expires: dateTime(),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};

/** The reference to what a box or post is for. */
const targetField = (kind: BoxKind): Field =>
  kind === 'Foundation'
    ? reference('Building/Foundation', { required: true })
    : numberReference('Building/Structure', { required: true });

const targetOf = (kind: BoxKind, target: string): Key => (kind === 'Structure' ? Number(target) : target);

/** Path of the model of boxes of a kind. */
export const boxModelOf = (kind: BoxKind): string => `PostOffice/${kind}Box`;

/** Boxes for the foundations, or for the structures. */
export const boxModel = (kind: BoxKind): Model<BoxRow> => {
  const name = kind.toLowerCase();
  const path = boxModelOf(kind);
  const Deletion = kind === 'Foundation' ? DeleteFoundationBox : DeleteStructureBox;
  return defineModel({
    path,
    doc: `Is told when a job of a ${name} ends, until it expires.`,
    idField: 'id',
    fields: { ...boxFields, [name]: targetField(kind), id: integer({ mode: 'RO' }) },
    rows: boxes,
    kind: { kind },
    sites: { index: name, of: `Building/${kind}` },
    present: ({ target, oneShot, extraData, url, proxy, type, expires, created, updated }, id) => ({
      url,
      proxy,
      type,
      expires,
      created,
      updated,
      one_shot: oneShot,
      extra_data: maskSecrets(extraData),
      [name]: targetOf(kind, target),
      id,
    }),
    create: (values) => new CreateBox(kind, (values as Values)[name] as Key | null, values),
    update: (id, values) => new ChangeBox(id, (values as Values)[name] as Key | null | undefined, values),
    deletion: { command: (ids) => new Deletion(ids) },
    filters: { [name]: { ...byReference(name, `Building/${kind}`), protocols: ['rest'] } },
    actions: {
      extend: action({
        doc: 'Lets it end some hours later.',
        parameters: { additional_hours: parameter.integer() },
        permission: { grant: `PostOffice.change_${name}box` },
        command: (id, { additional_hours: hours }) => new ExtendBox(id, hours),
      }),
    },
  });
};

/** What the boxes of foundations, or those of structures, were not all told yet. */
export const postModel = (kind: BoxKind): Model<PostRow> => {
  const name = kind.toLowerCase();
  return defineModel({
    path: `PostOffice/${kind}Post`,
    doc: `Something that the boxes of a ${name} were not all told yet.`,
    idField: 'id',
    fields: {
      name: text(40, { required: true }),
      updated: dateTime({ mode: 'RO' }),
      created: dateTime({ mode: 'RO' }),
      [name]: targetField(kind),
      id: integer({ mode: 'RO' }),
    },
    rows: posts,
    kind: { kind },
    sites: { index: name, of: `Building/${kind}` },
    present: ({ name: script, target, created, updated }, id) => ({
      name: script,
      updated,
      created,
      [name]: targetOf(kind, target),
      id,
    }),
    filters: { [name]: { ...byReference(name, `Building/${kind}`), protocols: ['rest'] } },
  });
};

/** Boxes and posts go with what they are for. */
export const boxExtensions: readonly Extension[] = (['Foundation', 'Structure'] as const).map((kind) => ({
  model: `Building/${kind}`,
  release: async (work, view, key) => {
    const target = targetKey(kind, key);
    for (const id of (await view.keys(boxes, { where: { target } })).keys) {
      await work.attempt(box, id, { type: 'CloseBox', data: {} });
      await work.attempt(box, id, { type: 'DeleteBox', data: {} });
    }
    for (const id of (await view.keys(posts, { where: { target } })).keys) {
      await work.attempt(post, id, { type: 'FinishPost', data: {} });
    }
  },
}));
