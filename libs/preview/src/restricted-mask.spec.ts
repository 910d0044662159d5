import { expect, it } from '@jest/globals';
import type { Catalogue } from '#api';
import { defineModel, text } from '#api';
import type { Caller, Json } from '#kernel';
import { MASK } from '#kernel';
import { restrictedMask } from './restricted-mask.ts';

const grant = 'Racks.can_view_door_code';
const rack = defineModel({
  path: 'Racks/Rack',
  doc: 'A rack.',
  fields: { name: text(), door_code: text(9, { mode: 'RO', shownTo: { grant } }) },
});
const catalogue = { models: [rack] } as unknown as Pick<Catalogue, 'models'>;
const caller = (...permissions: readonly string[]): Caller => ({
  source: '10.0.0.1',
  principal: { name: 'ann', superuser: false, permissions: new Set(permissions), session: '' },
});

const report: Json = {
  events: [{ type: 'RackDefined', data: { name: 'r1', doorCode: '1234' } }],
  requests: [{ status: 201, body: { name: 'r1', door_code: '1234', _links: { self: '/' } } }],
  objects: [{ fields: ['door_code'], before: null, after: { door_code: MASK } }],
  documents: [{ values: { _rack_door_code: { before: null, after: '1234' }, motd: { before: 'a', after: 'b' } } }],
};

it('what only some may see of objects is masked wherever a report tells of it', () => {
  expect(restrictedMask(catalogue, caller())(report)).toEqual({
    events: [{ type: 'RackDefined', data: { name: 'r1', doorCode: MASK } }],
    requests: [{ status: 201, body: { name: 'r1', door_code: MASK, _links: { self: '/' } } }],
    objects: [{ fields: ['door_code'], before: null, after: { door_code: MASK } }],
    documents: [{ values: { _rack_door_code: { before: null, after: MASK }, motd: { before: 'a', after: 'b' } } }],
  });
});

it('who has the permission sees it', () => {
  expect(restrictedMask(catalogue, caller(grant))(report)).toBe(report);
});
