import { describe, expect, it } from '@jest/globals';
import { courseText, stateText } from './read-model-commands.ts';

const ended = {
  id: 'one',
  models: ['sites'],
  events: 1200,
  rate: 15_000,
  by: 'root',
  ended: '2026-03-01T12:00:00.000000+00:00',
};
const still = {
  projecting: true,
  position: 40,
  head: 41,
  models: [
    { name: 'sites', version: 2, quarantined: 0 },
    { name: 'foundations', version: 1, quarantined: 3 },
  ],
  rebuild: null,
  last: null,
};
const TABLE = 'NAME         VERSION  QUARANTINED\nsites        2        0\nfoundations  1        3\n\n';

describe('the course of a rebuild', () => {
  it.each([
    [{ models: ['sites'], events: 0, rate: 0, remaining: null }, 'sites: 0 events, 0/s'],
    [{ models: ['sites'], events: 1200, rate: 400, remaining: 7 }, 'sites: 1200 events, 400/s, 7 s left'],
    [{ models: ['a', 'b'], events: 1200, rate: 400, remaining: 0 }, '2 read models: 1200 events, 400/s, 0 s left'],
  ])('%j is told in a line', (course, text) => expect(courseText(course)).toBe(text));
});

describe('the state of the read models', () => {
  it('is a table, and how far they have come', () =>
    expect(stateText(still)).toBe(`${TABLE}position 40 of 41, kept by this server`));

  it('of a server that stands by leaves open what only the other one knows', () => {
    const models = [{ name: 'sites', version: 2, quarantined: null }];
    expect(stateText({ ...still, projecting: false, models })).toBe(
      'NAME   VERSION  QUARANTINED\nsites  2        ?\n\nposition 40 of 41, kept by another server',
    );
  });

  it('tells of a rebuild under way, and of the one before', () => {
    const rebuild = { id: 'two', models: ['sites'], events: 7, rate: 1, remaining: 3 };
    expect(stateText({ ...still, rebuild, last: { ...ended, outcome: 'failed', message: 'no room' } })).toBe(
      [
        `${TABLE}position 40 of 41, kept by this server`,
        'being made anew: sites: 7 events, 1/s, 3 s left',
        'last rebuild: sites, 1200 events, failed (no room) at 2026-03-01T12:00:00.000000+00:00 by root',
      ].join('\n'),
    );
  });
});
