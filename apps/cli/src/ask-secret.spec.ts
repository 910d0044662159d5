import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { Prompt } from './ask-secret.ts';

/** Something that collects what is written to it. */
function page() {
  const output = new PassThrough();
  let text = '';
  output.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { output, text: () => text };
}

/** A terminal somebody types at. */
function terminal() {
  const modes: boolean[] = [];
  const keys = new PassThrough();
  const input = Object.assign(keys, { isTTY: true, setRawMode: (raw: boolean) => void modes.push(raw) });
  const { output, text } = page();
  return {
    asker: new Prompt({ input: input as never, output }),
    type: (typed: string) => keys.write(typed),
    modes,
    text,
  };
}

describe('a secret that is asked for', () => {
  it('is typed without being shown', async () => {
    const { asker, type, modes, text } = terminal();
    const asked = asker.ask('Password');
    type('secrex');
    type('\u007ft');
    type('\r');
    expect(await asked).toBe('secret');
    expect(text()).toBe('Password: \n');
    expect(modes).toEqual([true, false]);
  });

  it('can be given up', async () => {
    const { asker, type, modes } = terminal();
    const asked = asker.ask('Password');
    type('secr\u0003');
    await expect(asked).rejects.toThrow('given up');
    expect(modes).toEqual([true, false]);
  });

  it.each([
    ['the same', 'secret', 'secret'],
    ['two different', 'secret', 'sceret'],
  ])('is typed twice where it is new: %s', async (_, one, other) => {
    const { asker, type, text } = terminal();
    const asked = asker.askNew('New password').catch((error: Error) => error.message);
    type(`${one}\r`);
    while (!text().includes('again')) await new Promise((resolve) => setImmediate(resolve));
    type(`${other}\r`);
    expect(await asked).toBe(one === other ? 'secret' : 'that was not the same twice');
  });

  it('comes a line each where there is no terminal', async () => {
    const { output, text } = page();
    const asker = new Prompt({ input: Readable.from(['first\r\nsec', 'ond\n']) as never, output });
    expect(await asker.ask('One')).toBe('first');
    expect(await asker.askNew('Two')).toBe('second');
    await expect(asker.ask('Three')).rejects.toThrow('Three: expected on standard input');
    expect(text()).toBe('');
  });
});
