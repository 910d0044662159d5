import { describe, expect, it } from '@jest/globals';
import type { BodyStream } from './body-stream.ts';
import type { HttpAnswer, HttpRequest } from './http-exchange.ts';
import type { ShownTexts } from './with-texts.ts';
import { withTexts } from './with-texts.ts';

const request = {} as HttpRequest;

/** Shows `#1` at once as `one`; `#2` takes until it is let go, and is shown as `two`; `#3` fails. */
function example() {
  const errors: unknown[] = [];
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const texts: ShownTexts = {
    shownAtOnce: (text) => (/#[23]/.test(text) ? undefined : text.replaceAll('#1', 'one')),
    shown: async (text) => {
      if (text.includes('#3')) throw new Error('it is away');
      await held;
      return text.replaceAll('#1', 'one').replaceAll('#2', 'two');
    },
  };
  const ask = (answer: HttpAnswer | undefined) =>
    withTexts(async () => answer, texts, { mark: '#', onError: (error) => errors.push(error) })(request);
  return { ask, letGo, errors };
}

/** A body of which it is known what was written to it. */
function written() {
  const texts: string[] = [];
  let closed = false;
  const body: BodyStream = {
    pending: 0,
    get closed() {
      return closed;
    },
    write: (text) => void texts.push(text),
    drained: async () => undefined,
    end: () => {
      texts.push('END');
      closed = true;
    },
    destroy: () => void (closed = true),
    whenClosed: () => undefined,
  };
  return { texts, body };
}

describe('texts that go out', () => {
  it('are shown in heads and bodies, whatever they are made of', async () => {
    const { ask, letGo } = example();
    letGo();
    const headers = { Location: '/#1', 'Cache-Control': 'no-store' };
    expect(await ask({ status: 201, headers, text: 'ä#1#2' })).toEqual({
      status: 201,
      headers: { Location: '/one', 'Cache-Control': 'no-store' },
      text: 'äonetwo',
    });
    expect(await ask({ status: 200, headers: {}, bytes: Buffer.from('ä#2') })).toEqual({
      status: 200,
      headers: {},
      bytes: Buffer.from('ätwo'),
    });
  });

  it('are the very same where there is nothing to show', async () => {
    const { ask } = example();
    const answer = { status: 200, headers: { a: 'b' }, text: 'plain' };
    expect(await ask(answer)).toBe(answer);
    expect(await ask(undefined)).toBeUndefined();
  });

  it('go out as they are where showing them fails', async () => {
    const { ask, errors } = example();
    expect(await ask({ status: 200, headers: {}, text: '#3' })).toMatchObject({ text: '#3' });
    expect(errors).toEqual([new Error('it is away')]);
  });

  it('keep their order in bodies that go on, and those end behind them', async () => {
    const { ask, letGo } = example();
    const { texts, body } = written();
    const answer = await ask({
      status: 200,
      headers: {},
      stream: (shown) => {
        for (const text of ['a', '#1', '#2', 'b', '#1']) shown.write(text);
        expect(shown.pending).toBe('#2b#1'.length);
        shown.end();
        void shown.drained().then(() => texts.push('DRAINED'));
      },
    });
    answer?.stream?.(body);
    expect(texts).toEqual(['a', 'one']);
    letGo();
    await new Promise((resolve) => setImmediate(resolve));
    expect(texts).toEqual(['a', 'one', 'two', 'b', 'one', 'END', 'DRAINED']);
  });
});
