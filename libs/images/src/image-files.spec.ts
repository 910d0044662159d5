import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { mkdtemp, open, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Refusal } from '#kernel';
import { ImageFiles, MAX_RECEIVED } from './image-files.ts';

let folder: string;
let files: ImageFiles;

beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(os.tmpdir(), 'images-')), 'images');
  files = new ImageFiles(folder, { file: 1000, total: 2500 });
});
afterEach(() => rm(path.dirname(folder), { recursive: true }));

const sum = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
const about = (content: Buffer) => ({ sha256: sum(content), length: content.length });
async function* parts(content: Buffer, size = 100): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}
const disk = (length: number, first = 0): Buffer => Buffer.alloc(length, first);
/** Why something was refused. */
const codeOf = (refused: Promise<unknown>): Promise<string> =>
  refused.then(
    () => 'taken',
    (error: unknown) => {
      if (error instanceof Refusal) return error.faults.map(({ code }) => code).join();
      return (error as Error).message;
    },
  );
const inFolder = (): Promise<string[]> => readdir(folder).catch(() => []);

describe('files of images', () => {
  it('lie under their checksum once they are whole, and are received once', async () => {
    const content = disk(950, 7);
    const { file, size } = await files.receive(about(content), parts(content));
    expect([file, size]).toEqual([path.join(folder, sum(content)), 950]);
    expect(await readFile(file)).toEqual(content);
    const again = files.receive(about(content), parts(Buffer.from('nobody reads it')));
    expect(await again).toEqual({ file, size });
    expect(await files.find(sum(content))).toEqual({ file, size });
    expect(await files.find('0'.repeat(64))).toBeUndefined();
    expect(await files.find(`../${sum(content)}`)).toBeUndefined();
  });

  it('are whole where the disk takes less at once than it is given', async () => {
    const handle = await open(path.dirname(folder));
    await handle.close();
    const its = Object.getPrototypeOf(handle) as FileHandle;
    const { write } = its;
    const less = function (this: FileHandle, chunk: Uint8Array, offset: number, length: number, at: number) {
      return Reflect.apply(write, this, [chunk, offset, Math.min(length, 30), at]) as unknown;
    };
    const some = jest.spyOn(its, 'write').mockImplementation(less as FileHandle['write']);
    try {
      const content = Buffer.from(Array.from({ length: 950 }, (_, n) => n % 251));
      const { file } = await files.receive(about(content), parts(content));
      expect(await readFile(file)).toEqual(content);
    } finally {
      some.mockRestore();
    }
  });

  it.each<[string, Buffer, Partial<{ sha256: string; length: number }>]>([
    ['TOO_LARGE', disk(1001), {}],
    ['CHECKSUM', disk(10), { sha256: 'f'.repeat(64) }],
    ['LENGTH', disk(10), { length: 11 }],
    ['LENGTH', disk(10), { length: 9 }],
    ['LENGTH', disk(0), {}],
    ['FORMAT', Buffer.concat([Buffer.from('QFI\u00fb', 'latin1'), disk(90)]), {}],
    ['FORMAT', Buffer.from('BZh'), {}],
  ])('are refused, and leave nothing: %s', async (code, content, otherwise) => {
    expect(await codeOf(files.receive({ ...about(content), ...otherwise }, parts(content)))).toBe(code);
    expect(await inFolder()).toEqual([]);
  });

  it('leave nothing where the sender breaks off', async () => {
    const content = disk(900);
    async function* broken(): AsyncGenerator<Buffer> {
      yield content.subarray(0, 500);
      throw new Error('gone');
    }
    expect(await codeOf(files.receive(about(content), broken()))).toBe('gone');
    expect(await inFolder()).toEqual([]);
    expect(await codeOf(files.receive(about(content), parts(content)))).toBe('taken');
  });

  it('have so much room together, with those that are still coming', async () => {
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    async function* late(content: Buffer): AsyncGenerator<Buffer> {
      await held;
      yield content;
    }
    const first = files.receive(about(disk(1000, 1)), late(disk(1000, 1)));
    const second = disk(1000, 2);
    expect(await codeOf(files.receive(about(second), parts(second)))).toBe('taken');
    const third = disk(900, 3);
    expect(await codeOf(files.receive(about(third), parts(third)))).toBe('NO_ROOM');
    go();
    await first;
    expect(await inFolder()).toHaveLength(2);
  });

  it(`are received ${MAX_RECEIVED} at once`, async () => {
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    const all = Array.from({ length: MAX_RECEIVED + 1 }, (_, n) => {
      const content = disk(10, n + 1);
      async function* late(): AsyncGenerator<Buffer> {
        await held;
        yield content;
      }
      return codeOf(files.receive(about(content), late()));
    });
    expect(await all.at(-1)).toBe('BUSY');
    go();
    expect(await Promise.all(all)).toEqual([...Array<string>(MAX_RECEIVED).fill('taken'), 'BUSY']);
  });

  it('are read to find out whether they are what they were', async () => {
    const content = disk(300, 9);
    const found = await files.receive(about(content), parts(content));
    expect(await files.verify(found)).toEqual({ size: 300, sha256: sum(content) });
    await truncate(found.file, 299);
    expect(await files.verify(found)).toEqual({ size: 299, sha256: sum(content.subarray(0, 299)) });
  });

  it('go where no image has them for long, and where nobody finishes them', async () => {
    const [kept, dropped] = [disk(20, 1), disk(20, 2)];
    for (const content of [kept, dropped]) await files.receive(about(content), parts(content));
    const [fresh, old] = [path.join(folder, 'new.part'), path.join(folder, 'old.part')];
    for (const file of [fresh, old, path.join(folder, 'notes.txt')]) await writeFile(file, 'x');
    const now = Date.now();
    await utimes(old, new Date(now - 7200_000), new Date(now - 7200_000));
    const isNeeded = async (sha256: string): Promise<boolean> => sha256 === sum(kept);
    expect(await files.clean(isNeeded, now - 60_000, now)).toEqual(['old.part']);
    expect(await files.clean(isNeeded, now + 60_000, now)).toEqual([sum(dropped)]);
    expect((await inFolder()).toSorted()).toEqual([sum(kept), 'new.part', 'notes.txt'].toSorted());
  });
});
