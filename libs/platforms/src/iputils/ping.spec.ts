import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { percentAnswered, ping } from './ping.ts';

describe('ping', () => {
  it('answers 100 where every echo comes back', async () => {
    expect(await ping('127.0.0.1', 2)).toBe(100);
  });

  it('sends at least one echo', async () => {
    expect(await ping('localhost', 0)).toBe(100);
    expect(await ping('localhost', Number.NaN)).toBe(100);
  });

  it.each(['-f', '', 'a b', 'host;reboot', '-c1.example', 'host$(id)', '1::2 -f'])(
    'refuses the target "%s"',
    async (target) => {
      await expect(ping(target, 1)).rejects.toThrow('is neither a host name nor an IP address');
    },
  );

  it('lets go of the signal, whatever it saw', async () => {
    const { signal } = new AbortController();
    await ping('127.0.0.1', 1, signal);
    await expect(ping('-f', 1, signal)).rejects.toThrow('neither');
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('ends when it is told to', async () => {
    const stop = new AbortController();
    const running = ping('127.0.0.1', 50, stop.signal);
    stop.abort();
    await expect(running).rejects.toThrow('aborted');
  });

  it('sends so many echoes, a second apart', async () => {
    const begun = performance.now();
    expect(await ping('127.0.0.1', 3)).toBe(100);
    expect(performance.now() - begun).toBeGreaterThan(2000);
  });

  it('tells what ping says of a name that is none', async () => {
    await expect(ping('no-such-host.invalid', 1)).rejects.toThrow('no-such-host.invalid');
  });
});

describe('what ping prints', () => {
  it.each([
    ['5 packets transmitted, 5 received, 0% packet loss, time 4005ms', 100],
    ['4 packets transmitted, 1 received, 75% packet loss, time 3005ms', 25],
    ['3 packets transmitted, 0 received, +3 errors, 100% packet loss', 0],
    ['0 packets transmitted, 0 received', 0],
    ['3 packets transmitted, 2 packets received, 33% packet loss', 200 / 3],
    ['2 packets transmitted, 2 received, +1 duplicates, 0% packet loss', 100],
    ['nothing of the kind', undefined],
  ])('"%s" means %p percent', (output, percent) => {
    expect(percentAnswered(output)).toBe(percent);
  });
});
