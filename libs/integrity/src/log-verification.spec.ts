import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '#event-store';
import { silentLogger } from '#kernel';
import type { TestDatabase } from '#testing';
import { testDatabase, until } from '#testing';
import { exampleLog, SignedLog } from '../test/signed-log.ts';
import { newCheckpointKey } from './checkpoint-key.ts';
import { CheckpointLedger } from './checkpoint-ledger.ts';
import { LogVerification } from './log-verification.ts';

const asked = (request: string) => ({ request, actor: 'ann' });

describe('the verification of a log by a server', () => {
  let database: TestDatabase;
  let log: SignedLog;
  let events: StoredEvent[];
  /** Resolves when the log may be read. */
  let gate: Promise<void>;
  let open: () => void;
  beforeEach(async () => {
    database = await testDatabase();
    log = await new SignedLog(exampleLog(600)).sign(100);
    const ledger = await CheckpointLedger.make(database.pool);
    for (const [n, checkpoint] of log.checkpoints.entries()) await ledger.keep(n + 1, checkpoint);
    events = [...exampleLog(620)];
    gate = Promise.resolve();
  });
  afterEach(() => database.drop());

  const server = () =>
    new LogVerification({
      log: {
        head: async () => events.at(-1)?.position ?? 0n,
        readAll: async (after, { limit = 1000 } = {}) => {
          await gate;
          const found = events.filter(({ position }) => position > after).slice(0, limit);
          return { events: found, end: found.at(-1)?.position ?? after };
        },
        readStream: async () => [],
      },
      pool: database.pool,
      // Positions of that are not compared, and streams are not noted.
      adapter: 'kurrentdb',
      known: { read: async () => log.here },
      clock: { now: () => '2026-03-01T12:00:00.000000+00:00' },
      logger: silentLogger,
    });
  const ended = async (one: LogVerification, id: string) => {
    await until(() => one.last?.id === id);
    return one.last;
  };
  const shut = (): void => {
    gate = new Promise((resolve) => (open = resolve));
  };

  it('tells that it is whole, and what is not signed yet', async () => {
    const one = server();
    expect(await one.begin({}, asked('r1'))).toBe('r1');
    const last = await ended(one, 'r1');
    expect(last).toMatchObject({ id: 'r1', by: 'ann', outcome: 'whole', events: 620, streams: 3, fault: null });
    expect(last?.signed).toMatchObject({ last: { checkpoint: 6, events: 600 }, behind: 20 });
    expect(one.underWay).toBeNull();
  });

  it('names the first event that was touched', async () => {
    const touched = events[250]!;
    events[250] = { ...touched, data: touched.data.replace('event', 'Event') };
    const one = server();
    await one.begin({}, asked('r1'));
    const { position, stream, revision } = touched;
    const fault = { rule: 'TOUCHED', position: Number(position), stream, revision };
    expect(await ended(one, 'r1')).toMatchObject({ outcome: 'damaged', fault });
  });

  it('counts what the machine and who asks know of it', async () => {
    const one = server();
    await one.begin({ key: newCheckpointKey().publicKey }, asked('r1'));
    expect(await ended(one, 'r1')).toMatchObject({ outcome: 'damaged', fault: { rule: 'KEY' } });
    await database.pool.query('DELETE FROM ledger.log_checkpoints WHERE number = 6');
    await one.begin({}, asked('r2'));
    expect(await ended(one, 'r2')).toMatchObject({ outcome: 'damaged', fault: { rule: 'CHECKPOINT' } });
  });

  it('is one at a time, also of another server, tells how far it is, and can be stopped', async () => {
    const [one, other] = [server(), server()];
    shut();
    await one.begin({}, asked('r1'));
    expect(one.underWay).toMatchObject({ id: 'r1', events: 0 });
    await expect(one.begin({}, asked('r2'))).rejects.toThrow('the log is being verified already');
    await expect(other.begin({}, asked('r3'))).rejects.toThrow('another server on this database is verifying the log');
    expect(other.underWay).toBeNull();
    await expect(other.stop('bob')).rejects.toThrow('this server is not verifying the log');
    const stopped = one.stop('bob');
    open();
    expect(await stopped).toBe('r1');
    expect(one.last).toMatchObject({ outcome: 'stopped', message: 'stopped by bob', fault: null, signed: null });
    await other.begin({}, asked('r4'));
    expect(await ended(other, 'r4')).toMatchObject({ outcome: 'whole' });
  });

  it('ends with its server, and says what has failed', async () => {
    const one = server();
    shut();
    await one.begin({}, asked('r1'));
    const stopped = one.onApplicationShutdown();
    open();
    await stopped;
    expect(one.last).toMatchObject({ outcome: 'stopped', message: 'the server stops' });
    gate = Promise.reject(new Error('no database'));
    gate.catch(() => undefined);
    await one.begin({}, asked('r2'));
    expect(await ended(one, 'r2')).toMatchObject({ outcome: 'failed', message: 'no database' });
  });
});
