import { afterAll, beforeAll, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { textArray } from './text-array.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const read = async (texts: readonly string[]) =>
  (await database.pool.query<{ texts: string[] }>('SELECT $1::text[] AS texts', [textArray(texts)])).rows[0]?.texts;

it.each([
  [[]],
  [['', 'NULL', 'null', '{}', ',', ' a ']],
  [['"', '\\', '\\"', '\\\\n', '\\u0041', "'"]],
  [['a\nb\tc', '\u0001', '\u007f\u0085\u2028']],
  [[JSON.stringify({ text: 'a\n"b"\\', bad: '\ud800' }), 'é 漢字 😀']],
])('PostgreSQL reads %j as it is', async (texts) => {
  expect(await read(texts)).toEqual(texts);
});

it('PostgreSQL reads any texts as they are', async () => {
  const text = fc.string({ unit: 'binary' }).map((any) => any.replaceAll('\0', ''));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(text, fc.json())), async (texts) => {
      expect(await read(texts)).toEqual(texts);
    }),
  );
});
