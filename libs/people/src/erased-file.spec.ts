import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ErasedFile } from './erased-file.ts';
import { newPersonId } from './person-id.ts';

describe('the file of those who were erased', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-erased-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('is empty where there is none, and takes each of them once', async () => {
    const file = ErasedFile.in(path.join(directory, 'data'));
    expect(await file.read()).toEqual([]);
    const [one, two, three] = [newPersonId(1), newPersonId(2), newPersonId(3)];
    await Promise.all([file.add([one, two]), file.add([two]), file.add([three, one])]);
    expect(await ErasedFile.in(path.join(directory, 'data')).read()).toEqual([one, two, three]);
  });

  it('is refused with the line that is none', async () => {
    const file = path.join(directory, 'other');
    await writeFile(file, `${newPersonId(1)}\nalice\n`);
    await expect(new ErasedFile(file).read()).rejects.toThrow(`${file}, line 2: not the id of a person`);
    await expect(new ErasedFile(file).add([newPersonId(2)])).rejects.toThrow('line 2');
  });
});
