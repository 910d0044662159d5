import { randomInt } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { LogFault, StoredEvent } from '#event-store';
import { hashOf } from '#event-store';
import { exampleLog, SignedLog, sourceOf } from '../test/signed-log.ts';
import { newCheckpointKey } from './checkpoint-key.ts';
import type { LogCheckOptions } from './log-check.ts';
import { LogCheck } from './log-check.ts';

/** Reads a log in pages of seven, as its positions say. */
async function checked(log: SignedLog, events: readonly StoredEvent[] = log.events, options: LogCheckOptions = {}) {
  const sorted = events.toSorted((one, other) => (one.position < other.position ? -1 : 1));
  const check = new LogCheck({ checkpoints: sourceOf(log.checkpoints), maxStreams: 100, ...options });
  let fault: LogFault | undefined;
  for (let at = 0; at < sorted.length && !fault; at += 7) fault = await check.check(sorted.slice(at, at + 7));
  return { first: fault, ...(await check.finish()) };
}

const COLUMNS = ['position', 'stream', 'revision', 'id', 'type', 'data', 'meta'] as const;

/** The event with one bit of one of its columns turned over; text stays text. */
function flipped(event: StoredEvent, column: (typeof COLUMNS)[number]): StoredEvent {
  if (column === 'position') return { ...event, position: event.position ^ (1n << BigInt(randomInt(12))) };
  if (column === 'revision') return { ...event, revision: event.revision ^ (1 << randomInt(12)) };
  for (;;) {
    const bytes = Buffer.from(event[column]);
    const at = randomInt(bytes.length);
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << randomInt(8)), at);
    const text = bytes.toString('utf8');
    if (Buffer.from(text).equals(bytes) && !text.includes('\0')) return { ...event, [column]: text };
  }
}

/** The log, with every hash of a stream worked out anew behind a change, as somebody would who wants to hide it. */
function rechained(events: readonly StoredEvent[]): StoredEvent[] {
  const ends = new Map<string, { readonly revision: number; readonly hash: string }>();
  return events.map((event) => {
    const { revision, hash } = ends.get(event.stream) ?? { revision: -1, hash: '' };
    const meta = JSON.stringify({ ...(JSON.parse(event.meta) as object), prev: hash });
    const anew = { ...event, revision: revision + 1, meta };
    ends.set(event.stream, { revision: revision + 1, hash: hashOf(event.stream, revision + 1, anew) });
    return anew;
  });
}

const log = await new SignedLog(exampleLog(95)).sign();
const at = (n: number): StoredEvent => log.events[n] as StoredEvent;

describe('the check of a signed log', () => {
  it('finds nothing where it is as it was signed, and tells what is not signed yet', async () => {
    expect(log.checkpoints).toHaveLength(10);
    const { fault, signed } = await checked(log, [...exampleLog(98)]);
    expect(fault).toBeUndefined();
    expect(signed).toMatchObject({ last: { checkpoint: 10, events: 95 }, behind: 3, keys: [log.keys.key.publicKey] });
  });

  it.each(COLUMNS)('names the event of which any byte of its %s was changed', async (column) => {
    for (let n = 0; n < 95; n += 1) {
      const touched = flipped(at(n), column);
      if (log.events.some(({ position }, other) => other !== n && position === touched.position)) continue;
      const { fault } = await checked(log, log.events.with(n, touched));
      expect(fault).toBeDefined();
      // A position that was moved is told where the event stood, or where it is now.
      if (column !== 'position') expect(fault).toMatchObject({ rule: 'TOUCHED', position: at(n).position });
    }
  });

  it('names the event that was changed also where all hashes behind it were worked out anew', async () => {
    for (let n = 0; n < 95; n += 9) {
      const { fault } = await checked(log, rechained(log.events.with(n, { ...at(n), data: '{"n":-1}' })));
      expect(fault).toMatchObject({ rule: 'TOUCHED', position: at(n).position, stream: at(n).stream });
    }
  });

  it('names the event that was removed', async () => {
    for (let n = 0; n < 95; n += 1) {
      const removed = { rule: 'REMOVED', position: at(n).position };
      expect((await checked(log, log.events.toSpliced(n, 1))).fault).toMatchObject(removed);
      expect((await checked(log, rechained(log.events.toSpliced(n, 1)))).fault).toMatchObject(removed);
    }
  });

  it('names the event that was added, and those that have changed places', async () => {
    for (let n = 4; n < 94; n += 5) {
      const added = { ...at(n), position: at(n).position + 1n, id: '00000000-0000-4000-8000-00000000ffff' };
      const { fault } = await checked(log, rechained(log.events.toSpliced(n + 1, 0, added)));
      expect(fault).toMatchObject({ rule: 'ADDED', position: added.position });
      const other = randomInt(n);
      const swapped = log.events
        .with(n, { ...at(other), position: at(n).position })
        .with(other, { ...at(n), position: at(other).position });
      expect((await checked(log, swapped)).fault).toMatchObject({ rule: 'TOUCHED', position: at(other).position });
    }
  });

  it('finds that the log has lost its end, as long as its checkpoints are there', async () => {
    const { fault } = await checked(log, log.events.slice(0, 90));
    expect(fault).toMatchObject({ rule: 'REMOVED', position: at(90).position });
    expect((await checked(log, [])).fault).toMatchObject({ rule: 'REMOVED', position: 1n });
  });

  it('finds by a checkpoint known outside that the end of the log went with its checkpoints', async () => {
    const outside = { checkpoints: log.checkpoints.slice(9) };
    const cut = new SignedLog(log.events.slice(0, 50));
    cut.checkpoints.push(...log.checkpoints.slice(0, 5));
    expect((await checked(cut)).fault).toBeUndefined();
    const { fault } = await checked(cut, cut.events, { outside });
    expect(fault).toMatchObject({ rule: 'CHECKPOINT' });
    expect(fault?.text).toContain('checkpoint 10 is known outside, over 95 events');
    const anew = await new SignedLog(rechained(log.events.with(3, { ...at(3), data: '{}' }))).sign();
    expect((await checked(anew)).fault).toBeUndefined();
    expect((await checked(anew, anew.events, { outside })).fault?.text).toBe(
      'checkpoint 10 is not the one that is known outside',
    );
    expect((await checked(anew, anew.events, { outside: { key: log.keys.key.publicKey } })).fault).toMatchObject({
      rule: 'KEY',
    });
  });

  it.each([
    ['its record', (one: string) => one.replace('"events":30', '"events":31')],
    ['its digest', (one: string) => one.replace(/"digest":"./, '"digest":"!')],
  ])('finds a checkpoint of which somebody has changed %s', async (_, change) => {
    const touched = new SignedLog(log.events);
    touched.checkpoints.push(
      ...log.checkpoints.map((one, n) => (n === 2 ? { ...one, record: change(one.record) } : one)),
    );
    expect((await checked(touched)).fault).toMatchObject({ rule: 'CHECKPOINT', position: at(19).position });
  });

  it('finds a checkpoint that is missing', async () => {
    const less = new SignedLog(log.events);
    less.checkpoints.push(...log.checkpoints.toSpliced(2, 1));
    expect((await checked(less)).fault?.text).toBe('checkpoint 3 is missing, and 4 is there');
  });

  it('takes no notice of marks that were changed, where the events are those that were signed', async () => {
    const marked = new SignedLog(log.events);
    marked.checkpoints.push(...log.checkpoints.map((one) => ({ ...one, marks: Buffer.alloc(one.marks.length) })));
    expect((await checked(marked)).fault).toBeUndefined();
    const touched = log.events.with(12, { ...at(12), data: '{"n":-1}' });
    expect((await checked(marked, touched)).fault).toMatchObject({ rule: 'CHAIN', stream: at(12).stream });
    const { fault } = await checked(marked, rechained(touched));
    expect(fault?.text).toMatch(/up to position \d+ are not those that checkpoint 2 has signed/);
  });

  it('takes positions as they are where a log has others since it was restored', async () => {
    const moved = log.events.map((event) => ({ ...event, position: event.position * 100n }));
    expect((await checked(log, moved)).fault).toBeDefined();
    expect((await checked(log, moved, { positions: false })).fault).toBeUndefined();
    const touched = moved.with(7, { ...at(7), position: at(7).position * 100n, type: 'Sold' });
    expect((await checked(log, touched, { positions: false })).fault).toMatchObject({
      rule: 'TOUCHED',
      revision: at(7).revision,
    });
  });
});

describe('a new key', () => {
  it('is as good as the one before that has endorsed it', async () => {
    const rotated = await new SignedLog(exampleLog(20)).sign();
    const first = rotated.keys.key;
    rotated.keys = { key: newCheckpointKey(), former: [first] };
    rotated.events.push(...exampleLog(40).slice(20));
    await rotated.sign();
    const { fault, signed } = await checked(rotated, rotated.events, { outside: { key: first.publicKey } });
    expect(fault).toBeUndefined();
    expect(signed.keys).toEqual([first.publicKey, rotated.keys.key.publicKey]);
    const stolen = new SignedLog(rotated.events);
    stolen.checkpoints.push(...rotated.checkpoints.map((one) => ({ ...one, endorsement: null })));
    expect((await checked(stolen)).fault).toMatchObject({ rule: 'KEY', position: 23n });
    expect(
      (await checked(stolen, stolen.events, { outside: { key: rotated.keys.key.publicKey } })).fault,
    ).toBeUndefined();
  });
});
