import { describe, expect, it } from '@jest/globals';
import { recordedLog, until } from '#testing';
import type { KeptReport, ReportStore } from './kept-report.ts';
import { reportOutbox } from './report-outbox.ts';

const kept = (cookie: string): KeptReport => ({
  to: 'nats:main',
  site: 'berlin',
  module: 'ipmi',
  report: { task: '7-1', cookie, job: 7, agent: 'a1', outcome: { result: {} } },
});

/** A store in memory. */
class Shelf implements ReportStore {
  room = true;
  readonly kept: KeptReport[] = [];
  keep = async (report: KeptReport) => void this.kept.push(report);
  remove = async (report: KeptReport) => {
    const index = this.kept.findIndex((one) => one.report.cookie === report.report.cookie);
    if (index >= 0) this.kept.splice(index, 1);
  };
}

function fixture({ room = true } = {}) {
  const shelf = new Shelf();
  shelf.room = room;
  const wire = { up: false, held: [] as string[], tries: 0 };
  const { log, lines } = recordedLog();
  const send = async ({ report }: KeptReport) => {
    wire.tries += 1;
    if (!wire.up) throw new Error('no connection');
    wire.held.push(report.cookie);
    return true;
  };
  return { shelf, wire, lines, outbox: reportOutbox({ send, store: shelf, log, againMs: () => 1 }) };
}

describe('the outbox of reports', () => {
  it('keeps nothing that the wire holds at once', async () => {
    const { shelf, wire, outbox } = fixture();
    wire.up = true;
    const { safe, held } = outbox.deliver(kept('a'));
    await safe;
    expect(await held).toBe(true);
    expect([wire.held, shelf.kept]).toEqual([['a'], []]);
    await outbox.close();
  });

  it('keeps what is not held soon, goes on sending it, and removes it when it is held', async () => {
    const { shelf, wire, lines, outbox } = fixture();
    const { safe, held } = outbox.deliver(kept('a'));
    await safe;
    expect(shelf.kept).toEqual([kept('a')]);
    wire.up = true;
    expect(await held).toBe(true);
    expect([wire.held, shelf.kept]).toEqual([['a'], []]);
    // Said once, however often it is tried.
    expect(lines).toMatchObject([
      { message: 'a report is not held yet; trying again', reason: 'Error: no connection' },
    ]);
    expect(wire.tries).toBeGreaterThan(1);
  });

  it('leaves what it has kept to the next process, which sends it', async () => {
    const { shelf, wire, outbox } = fixture();
    const { safe, held } = outbox.deliver(kept('a'));
    await safe;
    await outbox.close();
    expect(await held).toBe(false);
    expect(shelf.kept).toEqual([kept('a')]);
    const next = fixture();
    next.shelf.kept.push(...shelf.kept, { ...kept('b'), site: 'paris' }, { ...kept('c'), to: 'nats:other' });
    next.wire.up = true;
    await next.outbox.sendKept('nats:main', 'berlin');
    expect(next.wire.held).toEqual(['a']);
    expect(next.shelf.kept.map(({ report }) => report.cookie)).toEqual(['b', 'c']);
    expect(wire.held).toEqual([]);
  });

  it('is not safe before it is held where there is no room', async () => {
    const { shelf, wire, outbox } = fixture({ room: false });
    let isSafe = false;
    const { safe } = outbox.deliver(kept('a'));
    void safe.then(() => (isSafe = true));
    await until(() => wire.tries > 300);
    expect(isSafe).toBe(false);
    wire.up = true;
    await safe;
    expect([wire.held, shelf.kept]).toEqual([['a'], []]);
  });
});
