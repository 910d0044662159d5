import { expect, it } from '@jest/globals';
import { asOf } from './as-of.ts';

const asked: string[] = [];
const at = (query: string) =>
  asOf(new URLSearchParams(query), async (time) => {
    asked.push(time);
    return 42n;
  });

it.each<[string, bigint | undefined, string[]]>([
  ['', undefined, []],
  ['at=0', 0n, []],
  ['at=123456789012345678', 123_456_789_012_345_678n, []],
  ['at=2026-01-01', 42n, ['2026-01-01T00:00:00.000000+00:00']],
  ['at=2026-01-01T01:00:00+01:00', 42n, ['2026-01-01T00:00:00.000000+00:00']],
  ['at=2026-01-01T01:00:00%2B01:00', 42n, ['2026-01-01T00:00:00.000000+00:00']],
])('?%s', async (query, position, times) => {
  asked.length = 0;
  expect((await at(query)) === position).toBe(true);
  expect(asked).toEqual(times);
});

it.each([
  ['at=', 'INVALID'],
  ['at=-1', 'INVALID'],
  ['at=1234567890123456789', 'INVALID'],
  ['at=yesterday', 'INVALID'],
  ['at=9999-01-01', 'AHEAD'],
])('?%s is no time of the log', async (query, code) => {
  await expect(at(query)).rejects.toMatchObject({ problem: 'malformed', errors: [{ field: 'at', code }] });
});

it('?at= the time of an event is no time to come, however the clock of the machine was set', async () => {
  const query = new URLSearchParams({ at: '2999-01-01T12:00:00.000001+00:00' });
  const found = await asOf(
    query,
    async () => 42n,
    () => '2999-01-01T12:00:00.000002+00:00',
  );
  expect(found === 42n).toBe(true);
});
