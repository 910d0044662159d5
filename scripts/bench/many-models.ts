import type { Field, Model, Parameter } from '#api';
import { boolean, dateTime, integer, map, reference, text } from '#api';
import type { ReadModel } from '#read-store';
import { change, gone, rule } from '#read-store';

/** A model as subjects have them: a dozen fields, two filters, three actions. */
function model(namespace: number, number: number): Model<Readonly<Record<string, string>>> {
  const path = `Bench${namespace}/Model${number}`;
  const other = (step: number): Field => reference(`Bench${namespace}/Model${Math.max(0, number - step)}`);
  const by = (field: Field): Parameter => ({ type: field.type });
  const noun = `Bench${namespace}Model${number}`;
  const rows: ReadModel<Readonly<Record<string, string>>> = {
    name: `bench${namespace}_model${number}`,
    version: 1,
    key: 'text',
    history: true,
    indexes: { parent: ({ parent = null }) => parent, kind: ({ kind = null }) => kind },
    on: {
      [`${noun}Defined`]: rule((_, { data }) => data as Readonly<Record<string, string>>),
      [`${noun}Described`]: change((row, { data }) => ({ ...row, ...(data as object) })),
      [`${noun}Deleted`]: gone(),
    },
  };
  return {
    path,
    doc: 'One of many.',
    idField: 'name',
    fields: {
      name: text(40, { mode: 'RC', required: true }),
      description: text(200, { required: true }),
      kind: text(20, { choices: ['one', 'two', 'three'] }),
      parent: other(1),
      sibling: other(2),
      size: integer({ default: 1 }),
      weight: integer(),
      urgent: boolean({ default: false }),
      config_values: map({ default: {} }),
      opens: dateTime(),
      updated: dateTime({ mode: 'RO' }),
      created: dateTime({ mode: 'RO' }),
    },
    rows,
    present: (row, name) => ({ ...row, name }),
    filters: {
      parent: { parameters: { parent: by(other(1)) }, where: ({ parent }) => ({ parent: String(parent) }) },
      kind: { parameters: { kind: by(text(20)) }, where: ({ kind }) => ({ kind: String(kind) }) },
    },
    actions: Object.fromEntries(
      ['describe', 'resize', 'getState'].map((name) => [
        name,
        {
          doc: 'One of three.',
          parameters: { text: by(text(40)), size: { ...by(integer()), default: 1 } },
          returns: by(text()),
          permission: { grant: `Bench${namespace}.${name}_model${number}` },
          run: { query: async () => 'done' },
        },
      ]),
    ),
  };
}

/** So many models, none of which can be changed. */
export const manyModels = (namespaces: number, each: number): readonly Model[] =>
  Array.from({ length: namespaces * each }, (_, n) => model(Math.floor(n / each), n % each) as unknown as Model);
