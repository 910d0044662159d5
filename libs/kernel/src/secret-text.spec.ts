import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { maskTexts, Secret } from './secret-text.ts';

const secret = new Secret('open sesame');

describe('the text of a secret', () => {
  it('is given to who asks for it', () => expect(secret.reveal()).toBe('open sesame'));

  it.each([
    ['as text', () => String(secret)],
    ['in a template', () => `it is ${secret as unknown as string}`],
    ['joined', () => 'it is ' + (secret as unknown as string)],
    ['as JSON', () => JSON.stringify({ secret, list: [secret] })],
    ['inspected', () => inspect({ secret, deep: { list: [secret] } }, { depth: 9, showHidden: true })],
    ['in an error', () => inspect(new Error(`no login with ${String(secret)}`))],
    ['spread', () => JSON.stringify(Object.assign({}, secret))],
  ])('shows nothing of itself %s', (_, print) => {
    expect(print()).not.toContain('sesame');
  });
});

describe('what is reported', () => {
  it.each([
    ['open sesame', '********'],
    ['said "open sesame", twice: open sesame', 'said "********", twice: ********'],
    [
      { a: ['open sesame', 1, null, true], 'open sesame': 'b' },
      { a: ['********', 1, null, true], '********': 'b' },
    ],
    [undefined, undefined],
  ])('%j shows no secret: %j', (value, masked) => {
    expect(maskTexts<unknown>(value, ['open sesame'])).toEqual(masked);
  });

  it('is masked for the longer of two secrets first, and for none that is found by chance', () => {
    expect(maskTexts('abcde abcd abc', ['abcd', 'abcde', 'abc'])).toBe('******** ******** abc');
  });
});
