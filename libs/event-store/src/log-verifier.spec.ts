import { describe, expect, it } from '@jest/globals';
import type { StoredEvent } from './event-store.ts';
import { hashOf } from './hash-chain.ts';
import { LogVerifier } from './log-verifier.ts';

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** Two streams that take turns, three events each, at the positions 1 to 6. */
function soundLog(): StoredEvent[] {
  const ends = new Map<string, string>();
  return [1, 2, 3, 4, 5, 6].map((n) => {
    const stream = `thing-${n % 2 === 1 ? 'odd' : 'even'}`;
    const revision = Math.floor((n - 1) / 2);
    const at = `2026-01-01T00:00:00.00000${n}+00:00`;
    const meta = JSON.stringify({ v: 1, at, actor: 'a', request: 'r', correlation: 'c', prev: ends.get(stream) ?? '' });
    const event = { position: BigInt(n), stream, revision, id: uuid(n), type: 'Made', data: '{}', meta };
    ends.set(stream, hashOf(stream, revision, event));
    return event;
  });
}

const changed = (n: number, change: Partial<StoredEvent>): StoredEvent[] =>
  soundLog().map((event, index) => (index === n - 1 ? { ...event, ...change } : event));

describe('the check of a log', () => {
  it('finds nothing where it is as it was written', async () => {
    const verifier = new LogVerifier();
    expect(await verifier.check(soundLog())).toBeUndefined();
    expect(verifier).toMatchObject({ events: 6, streams: 2, notCompared: 0 });
  });

  it.each<[string, StoredEvent[], object]>([
    ['other data', changed(3, { data: '{"a":1}' }), { rule: 'CHAIN', position: 5n, stream: 'thing-odd', revision: 2 }],
    ['another type', changed(2, { type: 'Bought' }), { rule: 'CHAIN', position: 4n, stream: 'thing-even' }],
    ['another id', changed(1, { id: uuid(9) }), { rule: 'CHAIN', position: 3n }],
    ['an event that is missing', soundLog().toSpliced(2, 1), { rule: 'REVISION', position: 5n, revision: 2 }],
    ['a first event that is missing', soundLog().toSpliced(0, 1), { rule: 'REVISION', position: 3n, revision: 1 }],
    ['positions that change places', changed(4, { position: 2n }), { rule: 'POSITION', revision: 1 }],
    ['an id that is none', changed(4, { id: 'four' }), { rule: 'ID', position: 4n }],
    ['data that are no JSON', changed(4, { data: '{' }), { rule: 'DATA', position: 4n }],
    ['metadata that are no JSON', changed(4, { meta: '{' }), { rule: 'META', position: 4n }],
    ['metadata without an author', changed(4, { meta: '{"v":1}' }), { rule: 'META', position: 4n }],
  ])('finds %s', async (_, log, fault) => {
    const find = async (stream: string, revision: number) =>
      log.find((event) => event.stream === stream && event.revision === revision);
    expect(await new LogVerifier({ find }).check(log)).toMatchObject(fault);
  });

  it('finds times that go back', async () => {
    const [first, , third] = soundLog() as [StoredEvent, StoredEvent, StoredEvent];
    const meta = JSON.stringify({ ...(JSON.parse(third.meta) as object), at: '2025-12-31T00:00:00.000000+00:00' });
    expect(await new LogVerifier().check([first, { ...third, meta }])).toMatchObject({ rule: 'TIME', position: 3n });
  });

  it('tells the first of several', async () => {
    const log = changed(4, { id: 'four' }).map((event, n) => (n === 5 ? { ...event, data: '{' } : event));
    expect(await new LogVerifier().check(log)).toMatchObject({ rule: 'ID', position: 4n });
  });

  it('looks up what it has forgotten, or counts what it could not compare', async () => {
    const log = soundLog();
    const asked: string[] = [];
    const find = async (stream: string, revision: number) => {
      asked.push(`${stream} ${revision}`);
      return log.find((event) => event.stream === stream && event.revision === revision);
    };
    const looking = new LogVerifier({ maxStreams: 1, find });
    expect(await looking.check(log)).toBeUndefined();
    expect(asked).toEqual(['thing-odd 0', 'thing-even 0', 'thing-odd 1', 'thing-even 1']);
    const blind = new LogVerifier({ maxStreams: 1 });
    expect(await blind.check(changed(1, { data: '[]' }))).toBeUndefined();
    expect(blind.notCompared).toBe(4);
  });
});
