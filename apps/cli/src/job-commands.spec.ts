import { describe, expect, it } from '@jest/globals';
import type { Tools } from './command.ts';
import { jobCommands } from './job-commands.ts';

/** What `job settle` with these names sends to the server. */
async function sent(...names: readonly string[]): Promise<readonly unknown[]> {
  const calls: unknown[] = [];
  const client = { call: async (...call: readonly unknown[]) => void calls.push(...call) };
  await jobCommands['job settle']?.run({ names, options: {} }, { client } as unknown as Tools);
  return calls;
}

describe('settling a task of which nobody knows what became of it', () => {
  it.each<[readonly string[], string, object]>([
    [['7', 'done'], 'Foreman/LostTask/7/done', { result: {} }],
    [['7', 'done', '{"effects":1}'], 'Foreman/LostTask/7/done', { result: { effects: 1 } }],
    [['7', 'failed', 'no disk'], 'Foreman/LostTask/7/failed', { message: 'no disk' }],
    [['7', 'again'], 'Foreman/LostTask/7/again', {}],
  ])('%j asks for %s', async (names, path, values) => expect(await sent(...names)).toEqual([path, values]));

  it.each<[readonly string[], string]>([
    [['7', 'failed'], 'say: done [RESULT], failed MESSAGE, or again'],
    [['7', 'again', 'please'], 'say: done [RESULT], failed MESSAGE, or again'],
    [['7', 'forgotten'], 'say: done [RESULT], failed MESSAGE, or again'],
    [['7', 'done', 'yes'], 'RESULT is no JSON: '],
  ])('%j is no command', (names, text) => expect(sent(...names)).rejects.toThrow(text));
});
