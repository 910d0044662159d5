import { describe, expect, it } from '@jest/globals';
import type { ReadModel, Recorded } from '#read-store';
import { change, rule } from '#read-store';
import { Catalogue } from './catalogue.ts';
import { text } from './field.ts';
import type { Model } from './model.ts';
import { objectPlace } from './object-place.ts';
import { shownAs, TouchedObjects } from './touched-objects.ts';

interface Row {
  readonly site?: string;
  readonly host?: string;
  readonly kind?: string;
  readonly blueprint?: string;
}
const model = (name: string, indexes: ReadModel<Row>['indexes'], on: ReadModel<Row>['on']): ReadModel<Row> => ({
  name,
  version: 1,
  key: 'text',
  history: true,
  indexes,
  on,
});
const hosts = model(
  'hosts',
  { site: ({ site }: Row) => site ?? null, blueprint: ({ blueprint }: Row) => blueprint ?? null },
  { HostDefined: rule(() => ({})) },
);
const ports = model(
  'ports',
  { host: ({ host }: Row) => host ?? null, kind: ({ kind }: Row) => kind ?? null },
  {
    PortDefined: rule(() => ({})),
    HostRenamed: change<Row, { ports: string[] }>(
      (row) => row,
      ({ data }) => data.ports,
    ),
  },
);
const fields = { name: text(10) };
const declared: Model[] = [
  { path: 'Lab/Host', fields, rows: hosts, sites: { index: 'site' } },
  { path: 'Lab/Port', fields },
  {
    path: 'Lab/Plug',
    base: 'Lab/Port',
    fields,
    rows: ports,
    kind: { kind: 'plug' },
    sites: { index: 'host', of: 'Lab/Host' },
  },
  { path: 'Lab/Broken', fields, rows: ports, kind: { kind: 'plug' } },
];
const catalogue = new Catalogue(declared);
const event = (type: string, id: string, data: unknown = {}): Recorded => ({
  type,
  id,
  data,
  stream: `x-${id}`,
  revision: 0,
  position: 1n,
  at: '',
  actor: '',
});

describe('the objects that an event concerns', () => {
  const touched = new TouchedObjects(catalogue);
  it.each([
    ['HostDefined', {}, ['hosts h1']],
    ['HostRenamed', { ports: ['p1', 'p2'] }, ['ports p1', 'ports p2']],
    ['Unheard', {}, []],
  ])('of %s %j are %j', (type, data, expected) =>
    expect(touched.of(event(type, 'h1', data)).map(({ rows, key }) => `${rows.name} ${key}`)).toEqual(expected),
  );

  it('are shown as what can be read: all of them, or those of their kind', () => {
    const [host] = touched.of(event('HostDefined', 'h1'));
    const [port] = touched.of(event('PortDefined', 'p1'));
    if (!host || !port) throw new Error('nothing is touched');
    expect(shownAs(host, {})?.path).toBe('Lab/Host');
    expect(shownAs(port, { kind: 'plug' })?.path).toBe('Lab/Plug');
    expect(shownAs(port, { kind: 'socket' })).toBeUndefined();
  });

  it('are where they are, or where what they belong to is', async () => {
    const plug = catalogue.model('Lab/Plug') as Model;
    const rowOf = async (rows: ReadModel) =>
      rows === (hosts as ReadModel) ? { site: 's1', blueprint: 'web' } : undefined;
    const place = (row: Row) => objectPlace(catalogue, { model: plug, key: 'p1', row }, rowOf);
    expect(await place({ host: 'h1' })).toEqual({ site: 's1', blueprint: 'web' });
    expect(await place({})).toEqual({ site: null, blueprint: null });
  });
});
