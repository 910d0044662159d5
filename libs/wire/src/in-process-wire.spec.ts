import { describe, expect, it } from '@jest/globals';
import { until } from '#testing';
import { wireSuite } from '../test/wire.suite.ts';
import { inProcessWire } from './in-process-wire.ts';
import type { ForemanWireListener, Task } from './wire.ts';
import { EVERY_SITE } from './wire.ts';

wireSuite(
  'the wire in one process',
  async () => {
    const wire = inProcessWire({ beatEvery: 5, retryFirst: 1, retryMost: 2 });
    return {
      foreman: wire.foreman,
      async agent() {
        const agent = wire.join();
        return { wire: agent, drop: async () => agent.drop() };
      },
      close: () => wire.foreman.stop(),
    };
  },
  { everySite: true },
);

describe('the wire in one process', () => {
  const task = (cookie: string): Task => ({
    task: `1-${cookie}`,
    cookie,
    job: 1,
    site: 'site1',
    module: 'lab',
    function: 'work',
    parameters: {},
  });
  /** A wire whose agent takes one task at a time, and ends each when it is told to. */
  async function started() {
    const { foreman, agent } = inProcessWire({ beatEvery: 1000 });
    const begun: string[] = [];
    const endings = new Map<string, () => void>();
    const reported: string[] = [];
    const listener: ForemanWireListener = {
      reported: async ({ cookie }) => void reported.push(cookie),
      beat: () => undefined,
      served: () => undefined,
    };
    await foreman.start(listener);
    await agent.start({ agent: 'one', site: EVERY_SITE, modules: { lab: 1 } }, async ({ cookie }) => {
      begun.push(cookie);
      await new Promise<void>((resolve) => endings.set(cookie, resolve));
      return { result: {} };
    });
    const end = async (cookie: string): Promise<void> => {
      await until(() => endings.has(cookie));
      endings.get(cookie)?.();
    };
    return { foreman, agent, listener, begun, reported, end };
  }

  it('takes back a task that no agent has begun, and no other', async () => {
    const { foreman, agent, begun, reported, end } = await started();
    for (const cookie of ['a', 'b', 'c']) await foreman.send(task(cookie));
    await foreman.withdraw(task('a'));
    await foreman.withdraw(task('b'));
    await end('a');
    await end('c');
    await until(() => reported.length === 2);
    expect(begun).toEqual(['a', 'c']);
    await agent.stop();
    await foreman.stop();
  });

  it('drops what is not begun when the foreman stops: another one may give it to others', async () => {
    const { foreman, agent, listener, begun, reported, end } = await started();
    for (const cookie of ['a', 'b']) await foreman.send(task(cookie));
    await until(() => begun.length === 1);
    await foreman.stop();
    await end('a');
    await new Promise(setImmediate);
    expect(begun).toEqual(['a']);
    // What was at work is reported to the next one, and what was dropped may be sent again; neither is begun twice.
    await foreman.start(listener);
    for (const cookie of ['a', 'b']) await foreman.send(task(cookie));
    await end('b');
    await until(() => reported.length === 2);
    expect([begun, reported.toSorted()]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    await agent.stop();
    await foreman.stop();
  });
});
