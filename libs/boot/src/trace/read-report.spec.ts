import { describe, expect, it } from '@jest/globals';
import { MAX_REPORTED, readReport } from './read-report.ts';

const entry = {
  id: 'x-1',
  time: '2026-01-01T01:00:00+01:00',
  ip_address: '2001:DB8::0:1',
  mac: '5254.0000.0001',
  kind: 'http',
  what: '/pxe/ä\n',
  outcome: 'served',
  size: 5,
  duration_ms: 7,
  detail: '206',
};

describe('a report of an agent', () => {
  it('is read', () => {
    expect(readReport('a1', [entry])).toEqual([
      {
        id: 'x-1',
        time: '2026-01-01T00:00:00.000Z',
        address: '2001:db8::1',
        mac: '52:54:00:00:00:01',
        kind: 'http',
        what: '/pxe/??',
        outcome: 'served',
        size: 5,
        durationMs: 7,
        detail: '206',
      },
    ]);
    const { detail: _, ...short } = { ...entry, mac: '', what: 'x'.repeat(600) };
    const [read] = readReport('a1', [short]);
    expect([read?.mac, read?.detail, read?.what.length]).toEqual([undefined, '', 512]);
  });

  it.each([
    [{ id: '' }, 'the id "" must be 1 to 100 characters'],
    [{ time: 'yesterday' }, 'the time "yesterday" must be a time in a form of ISO 8601'],
    [{ ip_address: '10.0.0' }, 'the ip_address "10.0.0" must be an address'],
    [{ mac: 'aa' }, 'the mac "aa" must be a MAC'],
    [{ kind: 'ftp' }, 'the kind "ftp" must be one of lease, tftp, http, document'],
    [{ outcome: 'ok' }, 'the outcome "ok" must be one of served, missing, refused, broken off'],
    [{ size: -1 }, 'the size -1 must be a whole number from 0'],
    [{ size: null }, 'the size null must be a whole number from 0'],
    [{ duration_ms: 'x' }, 'the duration_ms "x" must be a whole number from 0'],
    [{ what: 7 }, 'the what 7 must be text'],
  ])('is refused where it has %j', (wrong, text) =>
    expect(() => readReport('a1', [{ ...entry, ...wrong }])).toThrow(text),
  );

  it('is refused where it is too long, or of nobody', () => {
    expect(() => readReport('', [])).toThrow('must be 1 to 255 characters');
    expect(() =>
      readReport(
        'a1',
        Array.from({ length: MAX_REPORTED + 1 }, () => entry),
      ),
    ).toThrow('must be at most 1000 at a time, not 1001');
  });
});
