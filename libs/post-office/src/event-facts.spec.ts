import { expect, it } from '@jest/globals';
import type { Model } from '#api';
import { Catalogue } from '#api';
import type { LoggedEvent } from '#event-store';
import type { Key, ReadModel, ReadStore } from '#read-store';
import { gone, rule } from '#read-store';
import { boxes } from './boxes.ts';
import { EventFactsReader } from './event-facts.ts';

interface Row {
  readonly site: string;
}
const ofRule = ({ data }: { readonly data: { readonly rule: number } }): number => data.rule;
const holdRules: ReadModel<Row> = {
  name: 'hold_rules',
  version: 1,
  key: 'integer',
  history: true,
  indexes: { site: ({ site }) => site },
  on: {
    HoldRuleAdded: rule<Row, Row & { readonly rule: number }>((_, { data }) => data, ofRule),
    HoldRuleRemoved: gone<Row, { readonly rule: number }>(ofRule),
  },
};
const boxModel = (kind: string): Model => ({
  path: `PostOffice/${kind}Box`,
  idField: 'id',
  fields: {},
  rows: boxes,
  kind: { kind },
  sites: 'none',
});
const models: readonly Model[] = [
  boxModel('Foundation'),
  boxModel('Structure'),
  { path: 'Foreman/HoldRule', idField: 'id', fields: {}, rows: holdRules, sites: { index: 'site' } },
];
const catalogue = new Catalogue(models, [], []);

/** Rows that are there at some positions of the log. */
function factsOf(rows: Readonly<Record<number, Readonly<Record<string, object>>>>) {
  const at = (position: bigint) => ({
    get: async (model: ReadModel, key: Key) => rows[Number(position)]?.[`${model.name} ${key}`],
  });
  const reads = { now: { cached: async () => new Map() }, at } as unknown as Pick<ReadStore, 'now' | 'at'>;
  const facts = new EventFactsReader({ reads, catalogue: () => catalogue });
  return (stream: string, type: string, data: object, position: bigint) =>
    facts.of({ stream, type, data, position, id: stream.slice(stream.indexOf('-') + 1) } as LoggedEvent);
}

it('an object is named by what its event says where all of its kind are in one stream, also when it is gone', async () => {
  const of = factsOf({ 7: { 'hold_rules 3': { site: 'site1' } } });
  const rule3 = { object: { model: 'Foreman/HoldRule', id: 3 }, site: 'site1', blueprint: null };
  expect(await of('holdRules-all', 'HoldRuleAdded', { rule: 3 }, 7n)).toEqual(rule3);
  expect(await of('holdRules-all', 'HoldRuleRemoved', { rule: 3 }, 8n)).toEqual(rule3);
  expect(await of('holdRules-all', 'HoldRuleRemoved', { rule: 4 }, 8n)).toEqual({
    object: { model: 'Foreman/HoldRule', id: 4 },
    site: null,
    blueprint: null,
  });
});

it('a box is one of foundations, or of structures, as its row says', async () => {
  const of = factsOf({ 1: { 'boxes 5': { kind: 'Structure' }, 'boxes 6': { kind: 'Foundation' } } });
  expect((await of('box-5', 'BoxDefined', {}, 1n)).object).toEqual({ model: 'PostOffice/StructureBox', id: 5 });
  expect((await of('box-6', 'BoxDefined', {}, 1n)).object).toEqual({ model: 'PostOffice/FoundationBox', id: 6 });
});
