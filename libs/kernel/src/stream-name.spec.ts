import { describe, expect, it } from '@jest/globals';
import { assert, property, string } from 'fast-check';
import { categoryOf, idOf, streamName } from './stream-name.ts';

const anyText = () => string({ unit: 'binary', maxLength: 20 });

describe('the name of a stream', () => {
  it.each([
    ['site', 'site1', 'site-site1'],
    ['job', 12, 'job-12'],
    ['foundation', 'web-1', 'foundation-web-1'],
    ['foundation', 'Web-A', 'foundation-!web-!a'],
    ['site', 'now!', 'site-now!!'],
    ['user', 'zoë Ä', 'user-zo!(eb) !(c4)'],
    ['user', 'nul\u0000', 'user-nul!(0)'],
    ['user', '(c4)', 'user-(c4)'],
    ['user', '!(c4)', 'user-!!(c4)'],
    ['user', '🏗', 'user-!(1f3d7)'],
    ['user', '', 'user-'],
  ])('of %s %p is %p, and can be read back', (category, id, name) => {
    expect(streamName(category, id)).toBe(name);
    expect(categoryOf(name)).toBe(category);
    expect(idOf(name)).toBe(String(id));
  });

  it('gives back every id', () => {
    assert(property(anyText(), (id) => idOf(streamName('thing', id)) === id));
  });

  it('is different for different ids, even when it is compared without case', () => {
    const same = (one: string, other: string) => {
      const [a, b] = [streamName('thing', one), streamName('thing', other)];
      return a.toLowerCase() === b.toLowerCase() || a.toUpperCase() === b.toUpperCase();
    };
    assert(property(anyText(), anyText(), (one, other) => one === other || !same(one, other)));
    assert(property(anyText(), (id) => id === id.toUpperCase() || !same(id, id.toUpperCase())));
    assert(property(anyText(), (id) => id === id.toLowerCase() || !same(id, id.toLowerCase())));
  });

  it('is printable ASCII, which every store takes', () => {
    assert(property(anyText(), (id) => /^thing-[ -~]*$/.test(streamName('thing', id))));
  });
});
