import { describe, expect, it } from '@jest/globals';
import { PageCache } from './page-cache.ts';

const page = { keys: ['a'], total: 1 };

function open(): PageCache {
  const pages = new PageCache();
  pages.open();
  return pages;
}

describe('pages in memory', () => {
  it('are good until a row of their model changes', () => {
    const pages = open();
    pages.fill('shelves', {}, page, pages.version('shelves'));
    pages.changed('others');
    expect(pages.get('shelves', {})).toEqual(page);
    expect(pages.get('shelves', { skip: 1 })).toBeUndefined();
    expect(pages.get('others', {})).toBeUndefined();
    pages.changed('shelves');
    expect(pages.get('shelves', {})).toBeUndefined();
  });

  it('are none that were read before the last change', () => {
    const pages = open();
    const version = pages.version('shelves');
    pages.changed('shelves');
    pages.fill('shelves', {}, page, version);
    expect(pages.get('shelves', {})).toBeUndefined();
  });

  it('are kept only while every change is told', () => {
    const pages = new PageCache();
    pages.fill('shelves', {}, page, pages.version('shelves'));
    expect(pages.get('shelves', {})).toBeUndefined();
    pages.open();
    pages.fill('shelves', {}, page, pages.version('shelves'));
    pages.close();
    expect(pages.get('shelves', {})).toBeUndefined();
  });

  it('tell the nearest place before a page, while nothing changes', () => {
    const pages = open();
    const where = { owner: 'ann' };
    pages.fill('shelves', { where, skip: 4, count: 2 }, { keys: ['e', 'f'], total: 9 }, pages.version('shelves'));
    pages.fill('shelves', { where, skip: 2, count: 1 }, { keys: ['c'], total: 9 }, pages.version('shelves'));
    const before = (skip: number) => pages.before('shelves', { where, skip, count: 3 });
    expect([2, 3, 5].map(before)).toEqual([undefined, { key: 'c', index: 3 }, { key: 'c', index: 3 }]);
    expect([6, 99].map(before)).toEqual([
      { key: 'f', index: 6 },
      { key: 'f', index: 6 },
    ]);
    expect(pages.before('shelves', { skip: 6, count: 2 })).toBeUndefined();
    pages.changed('shelves');
    expect(pages.before('shelves', { where, skip: 6, count: 2 })).toBeUndefined();
  });

  it('begin anew where there are too many, and leave out what is too large', () => {
    const pages = new PageCache(6);
    pages.open();
    const at = (skip: number) => pages.get('shelves', { skip });
    for (const skip of [0, 1, 2, 2]) pages.fill('shelves', { skip }, page, pages.version('shelves'));
    expect([at(0), at(1), at(2)]).toEqual([page, page, page]);
    pages.fill('shelves', { skip: 3 }, page, pages.version('shelves'));
    expect([at(0), at(3)]).toEqual([undefined, page]);
    pages.fill('shelves', { skip: 4 }, { keys: [1, 2, 3, 4, 5, 6], total: 6 }, pages.version('shelves'));
    expect([at(3), at(4)]).toEqual([page, undefined]);
  });
});
