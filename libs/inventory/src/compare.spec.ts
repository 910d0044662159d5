import { describe, expect, it } from '@jest/globals';
import type { ListedMachine } from '#platform';
import type { LookedAt } from './compare.ts';
import { MAX_UNKNOWN, reportsFrom, unknownAmong } from './compare.ts';

const MAC = '52:54:00:00:00:0a';
const built = (changes: Partial<LookedAt> = {}): LookedAt => ({
  own: { box_id: 'A1' },
  builtAt: '2026-11-20T12:00:00Z',
  job: null,
  machine: { name: 'm1', power: 'on' },
  ...changes,
});
const listed = (changes: Partial<ListedMachine> = {}): ListedMachine => ({
  id: 'a1',
  name: 'm1',
  power: 'on',
  macs: ['52-54-00-00-00-0A'],
  task: null,
  ...changes,
});
const AT_WORK = { job: { job: 7, script: 'destroy' }, worked: 7 };
const reports = (before: LookedAt | undefined, after: LookedAt, is: readonly ListedMachine[]) =>
  reportsFrom({
    machineId: 'box_id',
    before: new Map(before ? [['m1', before]] : []),
    after: new Map([['m1', after]]),
    listed: is,
    macs: new Map([['m1', [MAC]]]),
  });
const gone = { part: 'machine', was: 'a1', is: null };

describe('a look at a complex', () => {
  it('has nothing to tell where machines are what is known of them', () => {
    expect(reports(built(), built(), [listed()])).toEqual([]);
  });

  it('tells that a machine is gone, was switched off, or has another card, and not again', () => {
    const report = { locator: 'm1', id: 'a1', macs: [MAC], worked: undefined };
    expect(reports(built(), built(), [])).toEqual([{ ...report, found: null }]);
    const off = { name: 'm1', power: 'off', macs: [MAC] };
    expect(reports(built(), built(), [listed({ power: 'off' })])).toEqual([{ ...report, found: off }]);
    const other = { name: 'm1', power: 'on', macs: ['52:54:00:00:00:0b'] };
    expect(reports(built(), built(), [listed({ macs: ['5254.0000.000b'] })])).toEqual([{ ...report, found: other }]);
    const told = built({ machineDrift: { found: null, changes: [gone] } });
    expect(reports(told, told, [])).toEqual([]);
  });

  it('tells that a machine is back, and what is seen of one for the first time', () => {
    const told = built({ machineDrift: { found: null, changes: [gone] } });
    expect(reports(told, told, [listed()])).toMatchObject([{ found: { name: 'm1' } }]);
    const { machine: _, ...first } = built();
    expect(reports(first, first, [listed()])).toMatchObject([{ found: { power: 'on' } }]);
  });

  it('does not take a machine for gone that its platform can not read', () => {
    expect(reports(built(), built(), [listed({ id: '', power: 'unknown' })])).toEqual([]);
    expect(reports(built(), built(), [listed({ id: '', name: 'm2' })])).toMatchObject([{ found: null }]);
  });

  it.each([
    ['a job is at work on', built(), built(AT_WORK)],
    ['a job was at work on, when it was asked', built(AT_WORK), built({ worked: 7 })],
    ['a job came and went on, meanwhile', built({ worked: 7 }), built({ worked: 8 })],
    ['is not built', built({ builtAt: null }), built({ builtAt: null })],
    ['was built meanwhile', built({ builtAt: null, own: {} }), built()],
    ['has no machine', built({ own: { box_id: null } }), built({ own: { box_id: null } })],
    ['was made meanwhile', undefined, built()],
  ])('says nothing of a foundation that %s', (_, before, after) => {
    expect(reports(before, after, [])).toEqual([]);
  });

  it('looks at 1,000 machines within a moment', () => {
    const rows = new Map(Array.from({ length: 1000 }, (_, n) => [`m${n}`, built({ own: { box_id: n } })]));
    const is = Array.from({ length: 999 }, (_, n) => listed({ id: String(n) }));
    const macs = new Map([...rows.keys()].map((locator) => [locator, [MAC]]));
    const begun = performance.now();
    const told = reportsFrom({ machineId: 'box_id', before: rows, after: rows, listed: is, macs });
    expect(told.map(({ locator, found }) => [locator, found])).toEqual([['m999', null]]);
    expect(performance.now() - begun).toBeLessThan(500);
  });
});

describe('machines that no foundation knows', () => {
  const unknown = (is: readonly ListedMachine[], of: LookedAt = built()) =>
    unknownAmong(is, { machineId: 'box_id', foundations: new Map([['m1', of]]), earlier: [] });

  it('are those whose ids none has, but for templates and what a job is just making', () => {
    const other = listed({ id: 'b2', name: 'm2', macs: null, task: '9-1' });
    expect(unknown([listed(), other, listed({ id: 't', name: 't', power: 'template' })])).toEqual({
      count: 1,
      machines: [{ id: 'b2', name: 'm2', power: 'on', macs: null, task: '9-1' }],
    });
    const making = built({ ...AT_WORK, own: { box_id: null } });
    expect(unknown([listed()], making).count).toBe(0);
    expect(unknown([listed()], built({ own: { box_id: null } })).count).toBe(1);
  });

  it('keep the MACs that were told of them before', () => {
    const machine = { id: 'b2', name: 'm2', power: 'on', task: null };
    const { machines } = unknownAmong([listed({ ...machine, macs: null })], {
      machineId: 'box_id',
      foundations: new Map(),
      earlier: [{ ...machine, macs: [MAC] }],
    });
    expect(machines).toEqual([{ ...machine, macs: [MAC] }]);
  });

  it('are kept up to a bound, and counted beyond', () => {
    const is = Array.from({ length: MAX_UNKNOWN + 1 }, (_, n) => listed({ id: `x${n}`, name: `x${n}` }));
    const found = unknown(is);
    expect([found.count, found.machines.length]).toEqual([MAX_UNKNOWN + 1, MAX_UNKNOWN]);
  });
});
