import { beforeEach, describe, expect, it } from '@jest/globals';
import { subnet } from '../../test/example-subnets.ts';
import { SiteAnswers } from './site-answers.ts';

const [of1, of2] = [subnet({ block: 1, site: 'site1' }), subnet({ block: 2, site: 'site2', subnet: '10.78.0.0/24' })];

describe('what the server says of sites', () => {
  let refused: readonly string[];
  let isFinal: boolean;
  let answers: SiteAnswers;
  beforeEach(() => {
    refused = [];
    isFinal = false;
    answers = new SiteAnswers(['site1', 'site2'], {
      async subnets(site) {
        if (refused.includes(site)) throw new Error('Not Authorized');
        return [site === 'site1' ? of1 : of2];
      },
      isFinal: () => isFinal,
    });
  });

  it('is of all of them', async () => {
    expect(answers.all()).toBeUndefined();
    expect(await answers.ask()).toEqual([]);
    expect(answers.all()).toEqual([of1, of2]);
    expect(answers.isFresh('site1')).toBe(true);
  });

  it('is what was said last where one fails, whichever it is', async () => {
    await answers.ask();
    refused = ['site1'];
    expect(await answers.ask()).toEqual(['site site1: Not Authorized']);
    expect(answers.all()).toEqual([of1, of2]);
    expect([answers.isFresh('site1'), answers.isFresh('site2')]).toEqual([false, true]);
  });

  it('is what was kept of one that has never been known', async () => {
    refused = ['site1'];
    await answers.ask();
    const kept = [subnet({ site: 'site1', name: 'kept' }), subnet({ site: 'site3' })];
    expect(answers.all(kept)).toEqual([kept[0], of2]);
  });

  it('waits a while for one of which nothing is known, and goes on without it then', async () => {
    refused = ['site1'];
    await answers.ask();
    await answers.ask();
    expect(answers.all()).toBeUndefined();
    await answers.ask();
    expect([answers.all(), answers.whole]).toEqual([[of2], undefined]);
    refused = [];
    await answers.ask();
    expect([answers.all(), answers.whole]).toEqual([
      [of1, of2],
      [of1, of2],
    ]);
  });

  it('is whole without one that is refused again and again', async () => {
    refused = ['site1'];
    isFinal = true;
    await answers.ask();
    await answers.ask();
    expect(answers.whole).toBeUndefined();
    await answers.ask();
    expect(answers.whole).toEqual([of2]);
    isFinal = false;
    await answers.ask();
    expect(answers.whole).toBeUndefined();
  });

  it('is nothing where none is known', async () => {
    refused = ['site1', 'site2'];
    for (let n = 0; n < 4; n += 1) await answers.ask();
    expect(answers.all()).toBeUndefined();
  });
});
