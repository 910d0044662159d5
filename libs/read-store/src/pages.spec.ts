import { describe, expect, it } from '@jest/globals';
import { Pages } from './pages.ts';

const page = { keys: ['a'], total: 1 };

function open(): Pages {
  const pages = new Pages();
  pages.open();
  return pages;
}

describe('pages in memory', () => {
  it('are good until a row of their model changes', () => {
    const pages = open();
    pages.fill('shelves', '{}', page, pages.version('shelves'));
    pages.changed('others');
    expect(pages.get('shelves', '{}')).toEqual(page);
    expect(pages.get('shelves', '{"skip":1}')).toBeUndefined();
    expect(pages.get('others', '{}')).toBeUndefined();
    pages.changed('shelves');
    expect(pages.get('shelves', '{}')).toBeUndefined();
  });

  it('are none that were read before the last change', () => {
    const pages = open();
    const version = pages.version('shelves');
    pages.changed('shelves');
    pages.fill('shelves', '{}', page, version);
    expect(pages.get('shelves', '{}')).toBeUndefined();
  });

  it('are kept only while every change is told', () => {
    const pages = new Pages();
    pages.fill('shelves', '{}', page, pages.version('shelves'));
    expect(pages.get('shelves', '{}')).toBeUndefined();
    pages.open();
    pages.fill('shelves', '{}', page, pages.version('shelves'));
    pages.close();
    expect(pages.get('shelves', '{}')).toBeUndefined();
  });

  it('are a thousand at most', () => {
    const pages = open();
    for (let n = 0; n <= 1000; n += 1) pages.fill('shelves', String(n), page, pages.version('shelves'));
    expect([pages.get('shelves', '0'), pages.get('shelves', '1')]).toEqual([undefined, page]);
  });
});
