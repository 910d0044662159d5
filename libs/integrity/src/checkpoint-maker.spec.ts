import { describe, expect, it } from '@jest/globals';
import { exampleLog, SignedLog } from '../test/signed-log.ts';
import { newCheckpointKey } from './checkpoint-key.ts';
import { parseRecord } from './checkpoint-record.ts';

const { signal } = new AbortController();
const ends = (log: SignedLog) => log.checkpoints.map(({ record }) => parseRecord(record)?.events);

describe('checkpoints', () => {
  it('are made after a number of events, and of what is left after a time', async () => {
    const log = new SignedLog(exampleLog(25));
    const maker = log.maker({ everyEvents: 10, everyMs: 60_000 });
    await maker.reconcile(signal);
    expect(ends(log)).toEqual([10, 20]);
    await maker.reconcile(signal);
    log.now = '2026-02-01T00:00:59.000000+00:00';
    await maker.reconcile(signal);
    expect(ends(log)).toEqual([10, 20]);
    log.now = '2026-02-01T00:01:00.000000+00:00';
    await maker.reconcile(signal);
    await maker.reconcile(signal);
    expect(ends(log)).toEqual([10, 20, 25]);
  });

  it('are the same whoever makes them: another server takes up where the last one ends', async () => {
    const whole = await new SignedLog(exampleLog(45)).sign();
    const turns = new SignedLog(exampleLog(25));
    turns.keys = whole.keys;
    await turns.maker().reconcile(signal);
    turns.events.push(...exampleLog(45).slice(25));
    await turns.maker({ everyMs: 0 }).reconcile(signal);
    const said = ({ checkpoints }: SignedLog) =>
      checkpoints.map(({ record }) => record).map((text) => parseRecord(text)?.digest);
    expect(said(turns)).toEqual(said(whole));
  });

  it('are made once, where two servers take themselves to lead', async () => {
    const log = new SignedLog(exampleLog(5));
    const [one, other] = [log.maker({ everyMs: 0 }), log.maker()];
    await other.reconcile(signal);
    await one.reconcile(signal);
    log.events.push(...exampleLog(25).slice(5));
    await expect(other.reconcile(signal)).resolves.toBeUndefined();
    expect(ends(log)).toEqual([5, 15, 25]);
  });

  it('are not made with another key than before, unless that one endorses it or somebody says so', async () => {
    const log = await new SignedLog(exampleLog(5)).sign();
    const first = log.keys.key;
    log.keys = { key: newCheckpointKey(), former: newCheckpointKey() };
    log.events.push(...exampleLog(10).slice(5));
    await expect(log.sign()).rejects.toThrow('checkpoints were signed with another key');
    await log.maker({ everyMs: 0, anyKey: true }).reconcile(signal);
    expect(log.checkpoints[1]).toMatchObject({ endorsement: null });
    log.keys = { key: first, former: log.keys.key };
    log.events.push(...exampleLog(15).slice(10));
    await log.sign();
    expect(log.checkpoints[2]?.endorsement).not.toBeNull();
  });

  it('are not made on a log that has lost one this machine knows of', async () => {
    const log = await new SignedLog(exampleLog(25)).sign();
    log.checkpoints.pop();
    log.events.length = 20;
    await expect(log.sign()).rejects.toThrow('checkpoint 3, which checkpoint.last in the data directory tells of');
  });
});
