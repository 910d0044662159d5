import { describe, expect, it } from '@jest/globals';
import { formatOf } from './image-format.ts';

describe('the format of an image', () => {
  it.each([
    ['eb6390000000', 'raw'],
    ['', 'raw'],
    ['1f8b0800', 'raw.gz'],
    ['28b52ffd04', 'raw.zst'],
  ])('is told by its first bytes: %s is %s', (head, format) => {
    expect(formatOf(Buffer.from(head, 'hex'))).toBe(format);
  });

  it.each([
    ['514649fb00000003', 'qcow2 image: images are raw disks, make one by qemu-img convert -O raw'],
    ['4b444d5601000000', 'VMDK'],
    ['7668647866696c65', 'VHDX'],
    ['fd377a585a000004', 'xz'],
  ])('is refused where it is none, with what to do: %s', (head, text) => {
    expect(() => formatOf(Buffer.from(head, 'hex'))).toThrow(text);
  });
});
