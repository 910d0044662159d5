import { expect, it } from '@jest/globals';
import { headerText } from './header-text.ts';

it('a text goes into a header as bytes, in one line', () => {
  const text = headerText(' Wartung für\nÖl ✓ ');
  expect(Buffer.from(text, 'latin1').toString()).toBe('Wartung für Öl ✓');
  expect(() => new Headers({ 'Contractor-Reason': text })).not.toThrow();
});
