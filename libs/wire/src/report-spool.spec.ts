import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Logger } from '#kernel';
import { recordedLog } from '#testing';
import type { KeptReport } from './kept-report.ts';
import { MAX_KEPT, MAX_KEPT_MS, MAX_SET_ASIDE, openReportSpool } from './report-spool.ts';

const kept = (cookie: string, result = {}): KeptReport => ({
  to: 'nats:main',
  site: 'berlin',
  module: 'ipmi',
  report: { task: '7-1', cookie, job: 7, agent: 'a1', outcome: { result } },
});

describe('the spool of reports', () => {
  let folder: string;
  let log: Logger;
  let lines: readonly object[];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'spool-'));
    ({ log, lines } = recordedLog());
  });
  afterEach(() => rm(folder, { recursive: true }));
  const files = async () => (await readdir(folder)).filter((name) => name !== 'set-aside');
  const open = (maxKept?: number) => openReportSpool(folder, { log, ...(maxKept === undefined ? {} : { maxKept }) });

  it('keeps a report for the next process, until it is removed', async () => {
    const first = await open();
    // Cookies are any text.
    await first.keep(kept('../../etc/passwd', { power: 'on', deep: [1, { two: 2.5 }] }));
    const second = await open();
    expect(second.kept).toEqual([kept('../../etc/passwd', { power: 'on', deep: [1, { two: 2.5 }] })]);
    await second.remove(kept('../../etc/passwd'));
    expect(second.kept).toEqual([]);
    expect(await files()).toEqual([]);
    expect((await open()).kept).toEqual([]);
  });

  it('is removed after it was written, however soon', async () => {
    const spool = await open();
    await Promise.all([spool.keep(kept('a')), spool.remove(kept('a')), spool.keep(kept('b'))]);
    expect(await files()).toHaveLength(1);
    expect((await open()).kept).toEqual([kept('b')]);
  });

  it('has room for so many', async () => {
    expect(MAX_KEPT).toBe(10_000);
    const spool = await open(2);
    await spool.keep(kept('a'));
    expect(spool.room).toBe(true);
    await spool.keep(kept('b'));
    expect(spool.room).toBe(false);
    await spool.remove(kept('a'));
    expect(spool.room).toBe(true);
  });

  it.each<[string, (file: string, text: string) => Promise<void>, string]>([
    ['cut off', (file, text) => writeFile(file, text.slice(0, -20)), 'it is damaged'],
    ['empty', (file) => writeFile(file, ''), 'it is damaged'],
    ['changed', (file, text) => writeFile(file, text.replace('berlin', 'paris')), 'it is damaged'],
    ['too old', (file) => utimes(file, 0, (Date.now() - MAX_KEPT_MS) / 1000 - 1), 'it is too old'],
  ])('tells a file that is %s, and sets it aside', async (_, spoil, reason) => {
    const spool = await open();
    await spool.keep(kept('a'));
    const [name = ''] = await files();
    const file = path.join(folder, name);
    await spoil(file, await readFile(file, 'utf8'));
    const next = await open();
    expect(next.kept).toEqual([]);
    expect(next.setAside).toBe(1);
    expect(await files()).toEqual([]);
    expect(lines).toMatchObject([{ level: 'error', message: 'a kept result cannot be sent and is set aside', reason }]);
  });

  it('sets aside what a process has left half written, and only so many files', async () => {
    const many = Array.from({ length: MAX_SET_ASIDE + 5 }, (_, n) => `x${n}.part`);
    for (const name of many) await writeFile(path.join(folder, name), 'half');
    expect((await open()).setAside).toBe(MAX_SET_ASIDE);
    expect(await readdir(path.join(folder, 'set-aside'))).toHaveLength(MAX_SET_ASIDE);
    expect(lines[0]).toMatchObject({ reason: 'it was not written to its end' });
  });
});
