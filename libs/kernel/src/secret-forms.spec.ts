import { describe, expect, it } from '@jest/globals';
import { formsOf } from './secret-forms.ts';
import { maskTexts } from './secret-text.ts';

const SECRET = `pa"ss & wörd's/+?`;
const quoted: Readonly<Record<string, string>> = {
  'as it is': SECRET,
  'in JSON': JSON.stringify({ password: SECRET }),
  'in JSON within JSON': JSON.stringify(JSON.stringify({ password: SECRET })),
  'in a URL': `https://h/?p=${encodeURIComponent(SECRET)}&x=1`,
  'in a URL, with small digits': `p=${encodeURIComponent(SECRET).replaceAll(/%../g, (one) => one.toLowerCase())}`,
  'in a form': new URLSearchParams({ p: SECRET }).toString(),
  'in XML': `<p>pa&quot;ss &amp; wörd&#39;s/+?</p>`,
  'in hexadecimal digits': Buffer.from(SECRET).toString('hex'),
  'in Base64': Buffer.from(SECRET).toString('base64'),
  'in Base64 for URLs': Buffer.from(SECRET).toString('base64url'),
  'in the header of basic authentication': `Basic ${Buffer.from(`root:${SECRET}`).toString('base64')}`,
  'in Base64 behind one octet': Buffer.from(`:${SECRET}:x`).toString('base64'),
};

describe('a secret', () => {
  it.each(Object.entries(quoted))('is masked %s', (_, text) => {
    const masked = maskTexts(`before ${text} after`, [SECRET]);
    expect(masked).toContain('********');
    for (const form of formsOf(SECRET)) expect(masked).not.toContain(form);
    // No part of it is left in the Base64 but what its neighbours decide.
    expect(masked.replaceAll('********', '').length).toBeLessThan('before  after'.length + text.length - 10);
  });

  it('that is short is looked for in forms that are not found by chance', () => {
    expect(formsOf('abcd').every((form) => form.length >= 4)).toBe(true);
    expect(maskTexts('the letters YWJj and abc', ['abcd'])).toBe('the letters YWJj and abc');
  });

  it('may be anything that is text', () => {
    expect(maskTexts('x \ud800 y', ['\ud800\ud800\ud800\ud800'])).toBe('x \ud800 y');
  });
});
