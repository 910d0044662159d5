import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EventMessage, EventPage } from '#api';
import { pageOfEvents } from './event-page.ts';

const message = (position: number, kind: string): EventMessage => ({
  position: BigInt(position),
  kind,
  object: { model: 'Site/Site', id: 's' },
  objects: [],
  site: 's',
  sites: ['s'],
  blueprints: [],
  event: {},
  data: null,
});

/** A log of events of these kinds, at the positions 1, 2, …, that is read some at a time. */
const feedOf = (kinds: readonly string[], size: number) => ({
  head: async () => BigInt(kinds.length),
  read: async (after: bigint, wants: (kind: string) => boolean): Promise<EventPage> => {
    const from = Number(after);
    const looked = kinds.slice(from, from + size);
    const messages = looked.flatMap((kind, n) => (wants(kind) ? [message(from + n + 1, kind)] : []));
    return { messages, end: BigInt(from + looked.length) };
  },
});

describe('pages of events', () => {
  it('tell everything that is wanted once, in order, however it is read', async () => {
    const kinds = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 60 });
    const sizes = fc.record({ size: fc.integer({ min: 1, max: 5 }), count: fc.integer({ min: 1, max: 7 }) });
    await fc.assert(
      fc.asyncProperty(kinds, sizes, async (log, { size, count }) => {
        const feed = feedOf(log, size);
        const told: unknown[] = [];
        let more = true;
        for (let after = 0n; more;) {
          const page = await pageOfEvents(feed, {
            after,
            count,
            wants: (kind) => kind !== 'c',
            tell: ({ position, kind }) => (kind === 'a' ? Number(position) : undefined),
          });
          expect(page.events.length).toBeLessThanOrEqual(count);
          told.push(...page.events);
          ({ end: after, more } = page);
        }
        expect(told).toEqual(log.flatMap((kind, n) => (kind === 'a' ? [n + 1] : [])));
      }),
    );
  });

  it('are short where few are wanted, and say how far they have come', async () => {
    const feed = feedOf(
      Array.from({ length: 100 }, () => 'b'),
      1,
    );
    const asked = { count: 10, wants: () => false, tell: () => undefined };
    expect(await pageOfEvents(feed, { after: 0n, ...asked })).toEqual({ events: [], end: 25n, more: true });
    expect(await pageOfEvents(feed, { after: 100n, ...asked })).toEqual({ events: [], end: 100n, more: false });
  });
});
