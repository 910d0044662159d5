import { describe, expect, it } from '@jest/globals';
import { EventStreamReader } from './event-stream.ts';

const STREAM = 'retry: 2000\n\nid: 5\n\nid: 6\nevent: job\ndata: {"a":1}\n\n: beat\nid: 7\n\ndata: x\ndata: y\n\n';

describe('a reader of server-sent events', () => {
  it('tells ids, kinds and data, and neither remarks nor waits', () => {
    expect(new EventStreamReader().read(STREAM)).toEqual([
      { id: '5' },
      { id: '6', event: 'job', data: '{"a":1}' },
      { id: '7' },
      { data: 'x\ny' },
    ]);
  });

  it.each([1, 2, 3, 7])('does so in pieces of %i characters', (size) => {
    const reader = new EventStreamReader();
    const pieces = STREAM.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
    expect(pieces.flatMap((piece) => reader.read(piece))).toEqual(new EventStreamReader().read(STREAM));
  });

  it('gives up on what never ends', () => {
    const reader = new EventStreamReader();
    expect(() => reader.read(`data: ${'x'.repeat(5 * 1024 * 1024)}`)).toThrow('an event without an end');
  });
});
