import { describe, expect, it } from '@jest/globals';
import { addressBlock } from '#ipam';
import { UnitOfWork } from '#kernel';
import { Streams } from '#testing';
import { adoptAll } from './adopt.ts';

const features = { deciders: [addressBlock] };
const moment = (time: string): string => `2026-01-01T${time}.000000+00:00`;

/** Decides to hold an address of a block for five minutes, at noon. */
async function decided() {
  const log = new Streams();
  const value = { name: 'lan', site: 's1', subnet: '10.0.0.0', prefix: 24, gatewayOffset: null };
  log.put(addressBlock, 1, { type: 'AddressBlockDefined', data: value });
  const work = new UnitOfWork(log);
  await work.decide(addressBlock, 1, {
    type: 'HoldOffset',
    data: { key: 'k', reason: '', until: moment('12:05:00'), now: moment('12:00:00') },
  });
  const writes = work.written().map((write) => ({
    ...write,
    closing: 0,
    events: write.events.map(({ type, data }) => ({ type, v: 1, data })),
  }));
  return { log, writes };
}

async function heldUntil(log: Streams): Promise<string | undefined> {
  const block = await log.state(addressBlock, 1);
  return 'value' in block ? block.value.holds.get('k')?.until : undefined;
}

describe('what a preview has decided', () => {
  it('counts moments from its commit', async () => {
    const { log, writes } = await decided();
    const changed = await log.execute((work) =>
      adoptAll(work, { at: moment('12:00:00'), writes, checks: [] }, features, 'rest', moment('13:30:00')),
    );
    expect(changed).toEqual({ 'addressBlock-1': ['OffsetHeld'] });
    expect(await heldUntil(log)).toBe(moment('13:35:00'));
  });

  it('has them as they were decided where nobody has noted when that was', async () => {
    const { log, writes } = await decided();
    await log.execute((work) => adoptAll(work, { writes, checks: [] }, features, 'rest', moment('13:30:00')));
    expect(await heldUntil(log)).toBe(moment('12:05:00'));
  });
});
