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

  it('come with a stamp of their models, which is another one after each change and each time changes were not told', () => {
    const pages = new PageCache();
    const models = [{ name: 'shelves' }, { name: 'books' }];
    expect(pages.stamp(models)).toBeUndefined();
    pages.open();
    const seen = [pages.stamp(models)];
    pages.changed('others');
    expect(pages.stamp(models)).toBe(seen[0]);
    for (const model of ['shelves', 'books', 'shelves']) {
      pages.changed(model);
      seen.push(pages.stamp(models));
    }
    pages.close();
    expect(pages.stamp(models)).toBeUndefined();
    pages.open();
    seen.push(pages.stamp(models));
    expect(new Set(seen).size).toBe(5);
  });

  it('of long lists are kept when they are asked for again', () => {
    const pages = open();
    const long = { keys: ['a'], total: 2001 };
    const fill = (skip: number) => pages.fill('shelves', { skip }, long, pages.version('shelves'));
    fill(0);
    expect(pages.get('shelves', { skip: 0 })).toBeUndefined();
    fill(0);
    expect(pages.get('shelves', { skip: 0 })).toEqual(long);
    fill(1);
    for (let skip = 2; skip < 4100; skip += 1) fill(skip);
    fill(1);
    expect(pages.get('shelves', { skip: 1 })).toBeUndefined();
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
