import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { ProgressLine } from './progress-line.ts';

/** What three reports, two of them the same, look like. */
function shown(isTTY: boolean): string {
  const output = Object.assign(new PassThrough(), { isTTY });
  const line = new ProgressLine(output);
  for (const text of ['1 of 3', '1 of 3', '3 of 3']) line.show(text);
  line.end();
  return String(output.read());
}

describe('progress', () => {
  it('stays on one line of a terminal', () => expect(shown(true)).toBe('\r\u001b[K1 of 3\r\u001b[K3 of 3\n'));
  it('is a line for each report elsewhere', () => expect(shown(false)).toBe('1 of 3\n3 of 3\n'));
  it('leaves no trace where there was none', () => {
    const output = Object.assign(new PassThrough(), { isTTY: true });
    new ProgressLine(output).end();
    expect(output.read()).toBeNull();
  });
});
