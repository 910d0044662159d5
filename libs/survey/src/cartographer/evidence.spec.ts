import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { JsonMap } from '#kernel';
import type { Evidence } from './evidence.ts';
import { evidenceIn, lookFor } from './evidence.ts';

const neighbour = { mac: 'aa', name: 'sw', slot: 0, port: 7, subport: '1' };
const whole: JsonMap = {
  hardware: { dmi: { System: { 'Serial Number': '4X1' } } },
  ip_address: '10.0.0.2',
  config_uuid: 'u1',
  lldp: { eno1: neighbour },
};

/** What stands for which foundations. */
type Known = Readonly<Record<string, readonly string[]>>;
const keyOf = ({ kind, value }: Evidence): string => `${kind} ${value}`;
const looked = (report: JsonMap, known: Known) => lookFor(evidenceIn(report), async (one) => known[keyOf(one)] ?? []);

describe('what a report says of which foundation a machine is', () => {
  it('comes in an order', () => {
    expect(evidenceIn(whole).map(keyOf)).toEqual([
      'config_uuid u1',
      'link aa-0-7-1',
      'link sw-0-7-1',
      'ip_address 10.0.0.2',
      'identity serial:4X1',
    ]);
  });

  it.each<[string, JsonMap]>([
    ['nothing', {}],
    ['a port without its number', { lldp: { eno1: { mac: 'aa', slot: 0, subport: 1 } } }],
    ['something else', { lldp: ['x'], ip_address: '', config_uuid: null, hardware: 'none' }],
  ])('is nothing where it is %s', (_, report) => expect(evidenceIn(report)).toEqual([]));

  it.each<[string, Known, object]>([
    [
      'its config_uuid first',
      { 'config_uuid u1': ['f1'], 'link aa-0-7-1': ['f2'] },
      { locator: 'f1', how: 'config_uuid' },
    ],
    [
      'nothing else where that is of nobody',
      { 'link aa-0-7-1': ['f2'] },
      { locator: undefined, reason: 'no structure has the config_uuid "u1"' },
    ],
  ])('tells by %s', async (_, known, answer) => expect(await looked(whole, known)).toEqual(answer));

  const { config_uuid: _, ...without } = whole;
  it.each<[string, Known, object]>([
    [
      'the MAC of the switch',
      { 'link aa-0-7-1': ['f1'], 'link sw-0-7-1': ['f2'] },
      { locator: 'f1', how: 'lldp mac: "eno1"' },
    ],
    ['its name', { 'link sw-0-7-1': ['f2'] }, { locator: 'f2', how: 'lldp name: "eno1"' }],
    [
      'an address, where several have the link',
      { 'link aa-0-7-1': ['f1', 'f2'], 'ip_address 10.0.0.2': ['f3'] },
      { locator: 'f3', how: 'ip_address: "10.0.0.2"' },
    ],
    [
      'a link that two interfaces of one foundation have',
      { 'link aa-0-7-1': ['f1', 'f1'] },
      { locator: 'f1', how: 'lldp mac: "eno1"' },
    ],
    ['its serial number', { 'identity serial:4X1': ['f4'] }, { locator: 'f4', how: 'serial: "4X1"' }],
    ['nothing', {}, { locator: undefined, reason: undefined }],
    [
      'nothing, where several have all of it',
      { 'link sw-0-7-1': ['f1', 'f2'] },
      { locator: undefined, reason: 'several foundations have the same lldp name: "eno1"' },
    ],
  ])('tells by %s', async (_, known, answer) => expect(await looked(without, known)).toEqual(answer));
});

/** Reports that are as reports should be, more or less. */
const text = fc.constantFrom('aa', 'sw', 'u1', 'u2', '10.0.0.2', '4X1', '0', '1', '');
const odd = fc.oneof(text, fc.integer({ min: 0, max: 3 }), fc.constant(null), fc.boolean());
const port = fc.record({ mac: odd, name: odd, slot: odd, port: odd, subport: odd }, { requiredKeys: [] });
const report = fc.record(
  {
    config_uuid: odd,
    ip_address: odd,
    lldp: fc.oneof(odd, fc.dictionary(fc.constantFrom('eno1', 'eno2'), fc.oneof(odd, port))),
    network: fc.oneof(odd, fc.dictionary(fc.constantFrom('eno1'), fc.record({ mac: fc.constant('001122334455') }))),
    hardware: fc.oneof(odd, fc.constant({ dmi: { System: { 'Serial Number': '4X1' } } })),
  },
  { requiredKeys: [] },
);
const locators = fc.array(fc.constantFrom('f1', 'f2', 'f3'), { maxLength: 3 });

describe('a machine is matched', () => {
  const holders = (known: Known, one: Evidence) => new Set(known[keyOf(one)] ?? []);
  /** A report, and what of it is known. */
  const cases = report.chain((made) => {
    const keys = evidenceIn(made as JsonMap).map(keyOf);
    return fc.record({
      made: fc.constant(made as JsonMap),
      known: fc.record(Object.fromEntries(keys.map((key) => [key, locators]))),
    });
  });

  it('by the first evidence of one foundation alone, and no other', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ made, known }) => {
        const evidence = evidenceIn(made);
        const answer = await looked(made, known);
        const byUuid = evidence[0]?.kind === 'config_uuid';
        const counts = byUuid ? evidence.slice(0, 1) : evidence;
        const first = counts.find((one) => holders(known, one).size === 1);
        expect(answer.locator).toBe(first && [...holders(known, first)][0]);
      }),
    );
  });

  it('the same way where it reports more that nobody knows of', async () => {
    await fc.assert(
      fc.asyncProperty(
        cases,
        fc.dictionary(fc.stringMatching(/^x_[a-z]+$/), fc.jsonValue()),
        async ({ made, known }, more) => {
          expect(await looked({ ...made, ...(more as JsonMap) }, known)).toEqual(await looked(made, known));
        },
      ),
    );
  });

  it('or not, whatever it reports', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (anything) => {
        expect((await looked(anything as JsonMap, {})).locator).toBeUndefined();
      }),
    );
  });
});
