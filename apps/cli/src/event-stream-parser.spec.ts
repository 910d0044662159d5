import { describe, expect, it } from '@jest/globals';
import { EventStreamParser, MAX_EVENT } from './event-stream-parser.ts';

const STREAM = `retry: 2000

event: snapshot
data: {"job":1}

id: 7

: beat
id: 8

event: job
id: 9
data: {"job":
data: 2}

`;
const EVENTS = [
  { event: 'snapshot', data: '{"job":1}', id: undefined },
  { event: 'message', data: '', id: '7' },
  { event: 'message', data: '', id: '8' },
  { event: 'job', data: '{"job":\n2}', id: '9' },
];

describe('a stream of server-sent events', () => {
  it('is taken apart', () => {
    expect(new EventStreamParser().push(STREAM)).toEqual(EVENTS);
  });

  it('is taken apart wherever it is cut, and however its lines end', () => {
    for (const text of [STREAM, STREAM.replaceAll('\n', '\r\n'), STREAM.replaceAll('\n', '\r')]) {
      const parser = new EventStreamParser();
      // Whether a lone CR at the end of a chunk ends a line is known by what follows.
      expect(`${text}:`.split('').flatMap((char) => parser.push(char))).toEqual(EVENTS);
    }
  });

  it('is given up where an event is too long', () => {
    const parser = new EventStreamParser();
    expect(parser.push(`data: ${'x'.repeat(MAX_EVENT - 10)}\n`)).toEqual([]);
    expect(() => parser.push(`data: ${'x'.repeat(20)}`)).toThrow(`longer than ${MAX_EVENT} characters`);
  });
});
