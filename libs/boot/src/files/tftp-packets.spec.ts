import { describe, expect, it } from '@jest/globals';
import { dataPacket, errorPacket, optionsPacket, readTftp } from './tftp-packets.ts';

const packet = (code: number, text: string): Buffer =>
  Buffer.concat([Buffer.of(0, code), Buffer.from(text.replaceAll('|', '\0'), 'utf8')]);

describe('packets of TFTP', () => {
  it.each([
    [packet(1, 'console.kpxe|octet|'), { kind: 'read', file: 'console.kpxe', mode: 'octet', options: new Map() }],
    [
      packet(1, '/ä|OCTET|BLKSIZE|1432|tsize|0|'),
      {
        kind: 'read',
        file: '/ä',
        mode: 'octet',
        options: new Map([
          ['blksize', '1432'],
          ['tsize', '0'],
        ]),
      },
    ],
    [packet(2, 'x|octet|'), { kind: 'write', file: 'x' }],
    [Buffer.of(0, 4, 1, 2), { kind: 'ack', block: 258 }],
    [packet(5, '|\u0003No\nmore|'), { kind: 'error', code: 3, text: 'No?more' }],
  ])('%j is read', (sent, message) => expect(readTftp(sent)).toEqual(message));

  it.each([
    ['too short', Buffer.of(0, 1)],
    ['no end', packet(1, 'console.kpxe|octet')],
    ['no mode', packet(1, 'console.kpxe|')],
    ['no name', packet(1, '|octet|')],
    ['an answer', Buffer.of(0, 3, 0, 1, 65)],
    ['nothing known', Buffer.of(9, 9, 9, 9)],
  ])('%s is none', (_, sent) => expect(readTftp(sent)).toBe(undefined));

  it('are written', () => {
    expect(dataPacket(65_537, Buffer.from('ab'))).toEqual(Buffer.of(0, 3, 0, 1, 97, 98));
    expect(optionsPacket(new Map([['tsize', '9']]))).toEqual(packet(6, 'tsize|9|'));
    expect(errorPacket(1, 'none')).toEqual(Buffer.concat([Buffer.of(0, 5, 0, 1), Buffer.from('none\0')]));
  });
});
