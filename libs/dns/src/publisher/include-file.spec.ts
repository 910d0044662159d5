import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { includeText, KEY_FILE, keyText } from './include-file.ts';
import { fileNameOf } from './zone-files.ts';

const zones = new Map([
  ['site.test', '/zones/site.test.zone'],
  ['2.1.10.in-addr.arpa', '/zones/2.1.10.in-addr.arpa.zone'],
]);

it('tells the zones in the order of their names, and nothing of who may copy them where nothing is set', () => {
  expect(includeText({ directory: '/zones', zones, secondaries: [], keys: [] }))
    .toBe(`// Written by Contractor, and written anew when zones come or go.

zone "2.1.10.in-addr.arpa." {
  type master;
  file "/zones/2.1.10.in-addr.arpa.zone";
};

zone "site.test." {
  type master;
  file "/zones/site.test.zone";
};
`);
});

it('tells secondaries for each zone; without keys their addresses may copy', () => {
  const secondaries = [
    { address: '192.0.2.53', port: 53 },
    { address: '2001:db8::53', port: 5353 },
  ];
  expect(includeText({ directory: '/zones', zones, secondaries, keys: [] })).toContain(`
zone "site.test." {
  type master;
  file "/zones/site.test.zone";
  also-notify { 192.0.2.53 port 53; 2001:db8::53 port 5353; };
  allow-transfer { 192.0.2.53; 2001:db8::53; };
};
`);
});

it('is taken by BIND with keys, which stand in a file of their own', () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'contractor-include-'));
  try {
    const secret = 'c2VjcmV0c2VjcmV0c2VjcmV0';
    const keys = [
      { name: 'ns2', algorithm: 'hmac-sha256', secret },
      { name: 'ns3', algorithm: 'hmac-sha512', secret },
    ];
    const secondaries = [{ address: '2001:db8::53', port: 5353, key: 'NS2' }];
    const text = includeText({ directory, zones, secondaries, keys });
    expect(text).not.toContain(secret);
    expect(text).toContain('also-notify { 2001:db8::53 port 5353 key "ns2"; };');
    expect(text).toContain('allow-transfer { key "ns2"; key "ns3"; };');
    writeFileSync(path.join(directory, KEY_FILE), keyText(keys));
    writeFileSync(path.join(directory, 'dns.master'), text);
    const read = execFileSync('named-checkconf', ['-p', path.join(directory, 'dns.master')], { encoding: 'utf8' });
    expect(read).toContain('zone "site.test."');
  } finally {
    rmSync(directory, { recursive: true });
  }
});

it.each([
  ['site.test', 'site.test.zone'],
  ['0/25.2.0.192.in-addr.arpa', '0%2f25.2.0.192.in-addr.arpa.zone'],
  ['../x', /^%2fx-[0-9a-f]{32}\.zone$/],
  [`${'a'.repeat(200)}.test`, /^a{150}-[0-9a-f]{32}\.zone$/],
])('the file of %s is in the directory of zones', (zone, file) => {
  const name = fileNameOf(zone);
  expect(name).toEqual(typeof file === 'string' ? file : expect.stringMatching(file));
  expect(name).not.toContain('/');
  expect(name).not.toMatch(/^\./);
});
