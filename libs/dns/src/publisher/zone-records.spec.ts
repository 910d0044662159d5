import { describe, expect, it } from '@jest/globals';
import { txtData } from '../record-text.ts';
import { askForRecords } from './asked-records.ts';
import { comparable, recordsIn } from './zone-records.ts';

const FILE = `$TTL 3600
$ORIGIN dc1.example.
@  IN SOA localhost. hostmaster.dc1.example. ( 1 86400 7200 36000 172800 )
@                                                  IN NS    localhost.
mail                                               IN MX    10 mail1.dc1.example.
_ldap._tcp                                         IN SRV     10    5   389 mail1.dc1.example.
mail1                                              IN A     10.1.0.1
note                                               IN TXT   "a \\"b\\" IN A"
`;

describe('the records of a zone', () => {
  it('are read from its file, each with its whole name', () => {
    expect(recordsIn(FILE, 'dc1.example').map(({ name, type, data }) => [name, type, data])).toEqual([
      ['dc1.example', 'NS', 'localhost.'],
      ['mail.dc1.example', 'MX', '10 mail1.dc1.example.'],
      ['_ldap._tcp.dc1.example', 'SRV', '10    5   389 mail1.dc1.example.'],
      ['mail1.dc1.example', 'A', '10.1.0.1'],
      ['note.dc1.example', 'TXT', '"a \\"b\\" IN A"'],
    ]);
  });

  it.each([
    ['SRV', '  10    5   389 Mail1.dc1.example.', '10 5 389 mail1.dc1.example'],
    ['AAAA', '2001:DB8:0::1', '2001:db8::1'],
    ['CNAME', 'Mail1.Example.', 'mail1.example'],
    ['TXT', txtData('müller "x" \\ '), 'müller "x" \\ '],
    ['TXT', txtData('x'.repeat(600)), 'x'.repeat(600)],
  ] as const)('of type %s can be compared (%#)', (type, data, wanted) => {
    expect(comparable(type, data)).toBe(wanted);
  });

  it('are not known where the name server does not answer, and it is said why', async () => {
    const records = recordsIn(FILE, 'dc1.example');
    const { served, error, at } = await askForRecords({ host: '127.0.0.1', port: 1 }, records, { now: 'now' });
    expect(served).toEqual(records.map(() => undefined));
    expect([error, at]).toEqual([expect.stringContaining('127.0.0.1:1: E'), 'now']);
  });
});
