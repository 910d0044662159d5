import { beforeEach, describe, expect, it } from '@jest/globals';
import { createJob } from '#foreman';
import { UnitOfWork } from '#kernel';
import type { FoundationType } from '#platform';
import { Streams } from '#testing';
import { opaque } from '#tscript';
import { viewOfRows } from '../test/view-of-rows.ts';
import { foundation } from './foundation.ts';
import { realInterface } from './interface/real-interface.ts';
import { foundationTarget } from './foundation-target.ts';

const type = (name: string, locates: FoundationType['locates']): FoundationType => ({
  type: name,
  model: `Lab/${name}`,
  doc: '',
  classes: [],
  locates,
  fields: {},
  functions: { ring: { kind: 'inline', call: () => null } },
});
/** Nothing of what is looked at here is read from rows. */
const reads = { now: viewOfRows([]) };
const target = foundationTarget([type('Box', 'by-itself'), type('Find', 'by-survey')], reads);

const LOCATED = { type: 'FoundationLocated', data: {} };
const BUILT = [LOCATED, { type: 'FoundationBuilt', data: { job: 1 } }];
const TAKEN = { type: 'FoundationTaken', data: { job: 7, script: 'create' } };

describe('a foundation as the target of jobs', () => {
  let log: Streams;
  const put = (...events: readonly { readonly type: string; readonly data: object }[]) =>
    log.put(foundation, 'host1', ...events);
  const define = (kind: string) =>
    put({
      type: 'FoundationDefined',
      data: { type: kind, site: 'site1', blueprint: 'base', idMap: null, own: { rack: 'a' } },
    });
  beforeEach(() => {
    log = new Streams();
    log.put({ category: 'blueprint' }, 'base', { type: 'BluePrintDefined', data: { parents: [] } });
    for (const slot of ['create', 'destroy', 'check']) {
      log.put({ category: 'blueprint' }, 'base', { type: 'SlotFilled', data: { slot, link: 1, script: slot } });
      log.put({ category: 'script' }, slot, {
        type: 'ScriptWritten',
        data: { description: '', text: 'begin()\nend\n' },
      });
    }
  });

  it.each([
    ['create', [], 'made'],
    ['create', BUILT, 'ALLREADY_BUILT'],
    ['destroy', [], 'NOT_BUILT'],
    ['destroy', BUILT, 'made'],
    ['check', [], 'NOT_BUILT'],
    ['check', BUILT, 'made'],
    ['unknown', BUILT, 'INVALID_SCRIPT'],
    ['create', [TAKEN], 'JOB_EXISTS'],
    ['create', [{ type: 'FoundationClosed', data: {} }], 'INVALID_TARGET'],
  ])('is wanted to %s, after %j: %s', async (script, events, answer) => {
    define('Box');
    put(...events);
    const wanted = { target: 'host1', script, creator: 'root', id: 12, now: '2026-01-01T00:00:00.000Z' };
    const making = log.execute((work) => createJob(work, target, wanted));
    if (answer !== 'made') {
      await expect(making).rejects.toMatchObject({ faults: [{ code: answer, exception: 'ForemanException' }] });
      return;
    }
    expect(await making).toMatchObject({ 'foundation-host1': ['FoundationTaken'], 'job-12': ['JobCreated'] });
    expect(await log.state(foundation, 'host1')).toMatchObject({ value: { job: { job: 12, script } } });
  });

  it.each([
    ['create', 'Box', [], true, ['FoundationLocated']],
    ['create', 'Find', [], false, undefined],
    ['create', 'Find', [LOCATED], true, undefined],
    ['destroy', 'Box', [LOCATED], false, undefined],
    ['destroy', 'Box', BUILT, true, undefined],
    ['check', 'Find', BUILT, true, undefined],
  ])('may have a %s job started, being a %s after %j: %p', async (script, kind, events, may, decided) => {
    define(kind);
    put(...events);
    let answer: boolean | undefined;
    const written = await log.execute(async (work) => {
      answer = await target.mayStart(work, 'host1', script);
    });
    expect(answer).toBe(may);
    expect(written['foundation-host1']).toEqual(decided);
  });

  it('is built or destroyed at the end, and given back', async () => {
    define('Box');
    put({ type: 'FoundationTaken', data: { job: 12, script: 'create' } });
    expect(
      await log.execute(async (work) => {
        expect(await target.finish(work, 'host1', 12)).toBeUndefined();
        await target.release(work, 'host1', 12);
      }),
    ).toEqual({ 'foundation-host1': ['FoundationLocated', 'FoundationBuilt', 'FoundationReleased'] });
    expect(await log.execute((work) => target.destroy(work, 'host1', 13))).toEqual({
      'foundation-host1': ['FoundationDestroyed'],
    });
  });

  it('says why an effect is refused', async () => {
    define('Box');
    put(TAKEN);
    const work = new UnitOfWork(log);
    expect(await target.finish(work, 'host1', 12)).toMatchObject({ faults: [{ code: 'JOB_EXISTS' }] });
    expect(await target.destroy(work, 'host1', 12)).toMatchObject({ faults: [{ code: 'JOB_EXISTS' }] });
  });

  it('has its interfaces boot what the script has chosen last for each, unless that is gone', async () => {
    define('Box');
    const eth0 = { foundation: 'host1', name: 'eth0', physicalLocation: 'port0', network: 1, mac: null, pxe: null };
    log.put(realInterface, 5, { type: 'RealInterfaceDefined', data: eth0 });
    log.put({ category: 'pxe' }, 'disk', { type: 'PxeDefined', data: { bootScript: 'x', template: 'y' } });
    const applied = (...effects: readonly object[]) =>
      log.execute(async (work) => target.applyEffects?.(work, 'host1', effects));
    expect(await applied({ interface: 5, pxe: 'gone' }, { interface: 5, pxe: 'disk' })).toEqual({
      'realInterface-5': ['RealInterfacePxeChosen'],
    });
    await expect(applied({ interface: 5, pxe: 'gone' })).rejects.toThrow('there is no PXE gone');
    await expect(applied({ interface: 6, pxe: 'disk' })).rejects.toThrow('there is no interface 6 any more');
  });

  it('is what scripts can reach, with its own fields and the functions of its type', async () => {
    define('Box');
    const { foundation: module } = await target.scriptModules(new UnitOfWork(log), 'host1');
    const { members = {}, functions = {} } = module ?? {};
    const values = Object.entries(members).map(([name, member]) => [name, member.get?.({} as never)]);
    expect(Object.fromEntries(values)).toEqual({
      locator: 'host1',
      id: 'host1',
      type: 'Box',
      site: 'site1',
      blueprint: 'base',
      rack: 'a',
      interface_list: [],
      provisioning_interface: null,
      provisioning_ip: null,
      class: opaque('FoundationClass', 'Box'),
      foundation: opaque('Foundation', 'host1'),
    });
    expect(Object.keys(functions)).toEqual(['ring']);
    await expect(target.scriptModules(new UnitOfWork(log), 'host2')).rejects.toThrow('foundation host2 is gone');
  });
});
