import { afterEach, expect, it, jest } from '@jest/globals';
import type { Tools } from './command.ts';

const mine = () => undefined;
afterEach(() => void process.off('SIGINT', mine));

it('leaves Ctrl-C to the server that it becomes', async () => {
  const listening: boolean[] = [];
  const started = new Promise<void>((resolve) => {
    jest.unstable_mockModule('../../contractor/src/run.ts', () => ({
      run: async () => {
        listening.push(process.listeners('SIGINT').includes(mine));
        resolve();
      },
    }));
  });
  const { offline } = await import('./offline-commands.ts');
  process.on('SIGINT', mine);
  void offline['serve']?.run({ names: [], options: {} }, {} as Tools);
  await started;
  expect(listening).toEqual([false]);
});
