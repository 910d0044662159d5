import { describe, expect, it } from '@jest/globals';
import type { TimelineEvent } from './timeline.ts';
import { beginOf, byDay, colorOfKind, gistOf, histogram, isRange, patternsOf, verbOf } from './timeline.ts';

const event = (at: string, kind = 'structure.built'): TimelineEvent => ({
  id: at,
  kind,
  position: '1',
  at,
  actor: 'root',
  reason: null,
  object: { model: 'Building/Structure', id: 1 },
  data: {},
});

describe('the timeline', () => {
  it('begins at a full minute', () => {
    const now = Date.parse('2026-03-02T12:00:31.500Z');
    expect(beginOf('1h', now)).toBe('2026-03-02T11:00:00.000Z');
    expect(beginOf('7d', now)).toBe('2026-02-23T12:00:00.000Z');
    expect([isRange('24h'), isRange('1y'), isRange(null)]).toEqual([true, false, false]);
  });

  it('tells days and what happened on them, the newest first', () => {
    const events = [event('2026-03-01T23:00:00Z'), event('2026-03-02T01:00:00Z'), event('2026-03-02T02:00:00Z')];
    expect(
      byDay(events, (time) => time.slice(0, 10)).map(([day, on]) => [day, on.map(({ at }) => at.slice(11, 13))]),
    ).toEqual([
      ['2026-03-02', ['02', '01']],
      ['2026-03-01', ['23']],
    ]);
  });

  it('counts what happened when, and what of it has failed', () => {
    const [from, to] = [Date.parse('2026-03-01T00:00:00Z'), Date.parse('2026-03-01T04:00:00Z')];
    const events = [
      event('2026-03-01T00:10:00Z'),
      event('2026-03-01T00:20:00Z', 'job.failed'),
      event('2026-03-01T03:59:00Z'),
      event('2026-03-01T04:00:00Z'),
    ];
    expect(histogram(events, { from, to, bins: 4 }).map(({ total, failed }) => [total, failed])).toEqual([
      [2, 1],
      [0, 0],
      [0, 0],
      [2, 0],
    ]);
  });

  it.each([
    ['job.failed', 'red', 'failed'],
    ['structure.built', 'green', 'built'],
    ['address_block.offset_taken', 'grey', 'offset taken'],
    ['site.deleted', 'orange', 'deleted'],
    ['foundation.created', 'blue', 'created'],
    ['subscription.created', 'blue', 'created'],
    ['ping.sent', 'grey', 'sent'],
  ])('%s is %s, and says %s', (kind, color, verb) => {
    expect([colorOfKind(kind), verbOf(kind)]).toEqual([color, verb]);
  });

  it('asks for the kinds of its groups', () => {
    expect(patternsOf(['jobs'])).toEqual(['job.*', 'wave.*', 'limit.*', 'maintenance_window.*', 'hold_rule.*']);
    expect(patternsOf([])).toEqual([]);
  });

  it('says in a line what an event says', () => {
    expect(gistOf({ script: 'create', message: '', description: 'web1', state: 'x', job: 2 })).toBe(
      'create · web1 · x',
    );
    expect([gistOf(null), gistOf({ truncated: true })]).toEqual(['', '']);
  });
});
