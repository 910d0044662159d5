import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cases } from '../scripts/cases.ts';

describe('a file of recorded cases', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'contractor-cases-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const played = (room: string, content: unknown): [number, string] => {
    const file = path.join(directory, 'cases.json');
    writeFileSync(file, JSON.stringify(content));
    let said = '';
    const code = cases(room, file, (text) => void (said += text));
    return [code, said];
  };

  const good = { id: 'good', values: { a: 1 }, result: { a: 1 } };
  const bad = { id: 'bad', values: { a: 1 }, result: { a: 2 } };

  it('is played, and what failed is told', () => {
    expect(played('core', { merge: [good], other: [good] })).toEqual([
      0,
      'core other: not there yet, not counted\n1 passed, 0 failed\n',
    ]);
    expect(played('core', { merge: [good, bad] })).toEqual([
      1,
      expect.stringMatching(/^bad\n[^]*\n1 passed, 1 failed\n$/),
    ]);
  });

  it('is no fault where nothing in it can be played yet', () => {
    expect(played('core', { other: [good] })).toEqual([
      0,
      'core other: not there yet, not counted\n0 passed, 0 failed\n',
    ]);
  });

  it.each(['core', 'tscript', 'wire'])('of %s is refused where it holds none', (room) => {
    for (const content of [{}, [], null, 'text', { cases: {} }, { cases: [] }, { merge: [] }]) {
      expect(() => played(room, content)).toThrow(`holds no case of the kind "${room}"`);
    }
  });
});
