import { Writable } from 'node:stream';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { LiveOutput } from './live-lines.ts';
import { LiveLines } from './live-lines.ts';
import { intervalIn, watched } from './watch.ts';

let written: string;
const output = (more: Partial<LiveOutput> = {}): LiveOutput => {
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      written += chunk.toString();
      done();
    },
  });
  return Object.assign(stream, more);
};
beforeEach(() => {
  written = '';
});

describe('live lines', () => {
  it('are drawn in place', () => {
    const lines = new LiveLines(output({ isTTY: true, columns: 10, rows: 5 }));
    lines.draw(['a', 'b']);
    lines.draw(['c']);
    lines.keep();
    lines.draw(['d']);
    expect(written).toBe('\r\u001b[Ja\nb\n\u001b[2A\r\u001b[Jc\n\r\u001b[Jd\n');
  });

  it('are no more and no longer than fit, and move no cursor', () => {
    const lines = new LiveLines(output({ isTTY: true, columns: 6, rows: 4 }));
    lines.draw(['1234567', 'a\u001b[2Jb\tc', '3', '4']);
    expect(written).toBe('\r\u001b[J12345…\nab c\n… and…\n');
    expect([lines.rows, lines.isTerminal]).toEqual([3, true]);
  });

  it('fit a usual terminal where this one does not tell its size', () => {
    const lines = new LiveLines(output({ isTTY: true, columns: 0, rows: 0 }));
    lines.draw(['x'.repeat(81)]);
    expect([written, lines.rows]).toEqual([`\r\u001b[J${'x'.repeat(79)}…\n`, 23]);
  });
});

describe('watching', () => {
  const look = (texts: readonly string[], stop: AbortController) => {
    let n = 0;
    return async () => {
      const text = texts[n++] ?? '';
      if (n >= texts.length) stop.abort();
      return { json: { text }, text };
    };
  };
  const watch = async (texts: readonly string[], asJson: boolean, result: LiveOutput) => {
    const stop = new AbortController();
    const terminal = { input: process.stdin, output: result, result };
    await watched(look(texts, stop), { signal: stop.signal, terminal }, { intervalMs: 1, asJson });
    return written;
  };

  it('appends what has changed where there is no terminal', async () => {
    expect(await watch(['a', 'a', 'b', 'b'], false, output())).toBe('a\n\nb\n');
  });

  it('writes JSON on a line each', async () => {
    expect(await watch(['a', 'a', 'b'], true, output())).toBe('{"text":"a"}\n{"text":"b"}\n');
  });

  it('draws in place on a terminal', async () => {
    expect(await watch(['a\nb', 'c'], false, output({ isTTY: true, rows: 9 }))).toBe(
      '\r\u001b[Ja\nb\n\u001b[2A\r\u001b[Jc\n',
    );
  });

  it.each([
    [undefined, 2000],
    ['0.1', 100],
    ['3600', 3600_000],
  ])('looks every %s seconds', (interval, ms) => {
    expect(intervalIn({ options: { interval } })).toBe(ms);
  });

  it.each(['0', '0.05', '3601', '', 'x'])('does not look every "%s" seconds', (interval) => {
    expect(() => intervalIn({ options: { interval } })).toThrow('--interval takes seconds, 0.1 to 3600');
  });
});
