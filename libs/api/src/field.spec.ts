import { describe, expect, it } from '@jest/globals';
import type { JsonMap } from '#kernel';
import { NamedCommand } from '#event-store';
import type { ChangedValues, NewValues, ValuesOf } from './field.ts';
import { boolean, dateTime, integer, map, numberReference, parameter, reference, text } from './field.ts';
import { action, defineModel, staticAction } from './model.ts';

const fields = {
  name: text(40, { mode: 'RC', required: true }),
  note: text(),
  level: text(4, { choices: ['soft', 'hard'], required: true, default: 'soft' }),
  units: integer({ required: true }),
  size: integer(),
  urgent: boolean({ default: false }),
  opens: dateTime(),
  labels: map({ required: true }),
  tags: text(10, { list: true, default: [] }),
  site: reference('Site/Site', { required: true }),
  zone: numberReference('Directory/Zone'),
  updated: dateTime({ mode: 'RO' }),
};

/** Compiles where two types are the same. */
const same = <A, B>(..._: [A, B] extends [B, A] ? [] : [never]): void => undefined;

type New = NewValues<typeof fields>;
type Changed = ChangedValues<typeof fields>;

class Tell extends NamedCommand<string> {
  constructor(readonly text: string) {
    super();
  }
}
class Change extends NamedCommand {}

describe('the values of fields', () => {
  it('have the types that are declared', () => {
    same<New['name'], string>();
    same<New['note'], string | null>();
    same<New['level'], 'soft' | 'hard'>();
    same<New['units'], number>();
    same<New['size'], number | null>();
    same<New['urgent'], boolean | null>();
    same<New['opens'], string | null>();
    same<New['labels'], JsonMap>();
    same<New['tags'], readonly string[]>();
    same<New['site'], string>();
    same<New['zone'], number | null>();
    same<Changed['units'], number | undefined>();
    // @ts-expect-error it is no number
    same<New['name'], number>();
    expect(fields.level).toEqual({
      type: { kind: 'String', length: 4, choices: ['soft', 'hard'] },
      mode: 'RW',
      required: true,
      default: 'soft',
    });
  });

  it('are those that may be written: all at the beginning, later those that may change', () => {
    same<
      keyof New,
      'name' | 'note' | 'level' | 'units' | 'size' | 'urgent' | 'opens' | 'labels' | 'tags' | 'site' | 'zone'
    >();
    same<keyof Changed, Exclude<keyof New, 'name'>>();
    const values = {} as New;
    // @ts-expect-error it is read only
    expect(values.updated).toBeUndefined();
    const changed: Changed = { units: 1 };
    // @ts-expect-error it is given when it is created
    expect(changed.name).toBeUndefined();
  });

  it('reach the commands of a model with their types', () => {
    const model = defineModel({
      path: 'Site/Rack',
      fields,
      create: ({ name, site }) => new Tell(`${name} at ${site}`),
      update: (_, { units }) => {
        same<typeof units, number | undefined>();
        return new Change();
      },
    });
    defineModel({
      path: 'Site/Rack',
      fields,
      // @ts-expect-error there is no such field
      create: ({ colour }) => new Tell(String(colour)),
    });
    defineModel({
      path: 'Site/Rack',
      fields,
      // @ts-expect-error it may be nothing
      create: ({ note }) => new Tell(note),
    });
    defineModel({
      path: 'Site/Rack',
      fields,
      // @ts-expect-error a command for a new object results in its id
      create: () => new Change(),
    });
    expect(model.create?.({ name: 'a', site: 'b' }, {} as never)).toMatchObject({ text: 'a at b' });
  });
});

describe('the values of parameters', () => {
  const parameters = {
    name: parameter.text(),
    names: parameter.text({ list: true }),
    count: parameter.integer({ default: 1 }),
    sure: parameter.boolean(),
    labels: parameter.map(),
    site: parameter.reference('Site/Site'),
    what: text(10, { required: true }),
  };

  it('have the types that are declared; each may be nothing but those that are required', () => {
    type Given = ValuesOf<typeof parameters>;
    same<Given['name'], string | null>();
    same<Given['names'], readonly string[]>();
    same<Given['count'], number | null>();
    same<Given['sure'], boolean | null>();
    same<Given['labels'], JsonMap | null>();
    same<Given['site'], string | null>();
    same<Given['what'], string>();
    expect(parameters.names).toEqual({ list: true, type: { kind: 'String' } });
  });

  it('reach commands and queries with their types', () => {
    const told = action({
      parameters,
      permission: 'anybody',
      command: (key, { what, names }) => new Tell(`${key} ${what} ${names.join()}`),
    });
    const asked = staticAction({ parameters, permission: 'anybody', query: async ({ count }) => (count ?? 0) + 1 });
    action({
      parameters,
      permission: 'anybody',
      // @ts-expect-error it may be nothing
      command: (_, { name }) => new Tell(name),
    });
    staticAction({
      parameters,
      permission: 'anybody',
      // @ts-expect-error there is no such parameter
      query: async ({ colour }) => colour,
    });
    expect([told.static, asked.static]).toEqual([undefined, true]);
    if (!('command' in told.run) || !('query' in asked.run)) throw new Error('a command and a query were declared');
    const command = told.run.command('a', { what: 'b', names: ['c', 'd'] }, {} as never) as Tell;
    expect(command.text).toBe('a b c,d');
  });
});
