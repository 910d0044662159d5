import { describe, expect, it } from '@jest/globals';
import { searchTree, siteTree } from './site-tree.ts';

const SITES = [
  { name: 'cellar', description: 'below', parent: 'campus' },
  { name: 'campus', description: 'all of it', parent: null },
  { name: 'attic', description: 'above', parent: 'campus' },
  { name: 'lost', description: 'its parent may not be seen', parent: 'elsewhere' },
];
const shape = (tree: ReturnType<typeof siteTree>): unknown => tree.map(({ name, children }) => [name, shape(children)]);

describe('the tree of sites', () => {
  it('nests them, each level by name', () => {
    expect(shape(siteTree(SITES))).toEqual([
      [
        'campus',
        [
          ['attic', []],
          ['cellar', []],
        ],
      ],
      ['lost', []],
    ]);
  });

  it('keeps what has the text, and what that stands in', () => {
    expect(shape(searchTree(siteTree(SITES), 'BELOW'))).toEqual([['campus', [['cellar', []]]]]);
    expect(shape(searchTree(siteTree(SITES), 'campus'))).toEqual([
      [
        'campus',
        [
          ['attic', []],
          ['cellar', []],
        ],
      ],
    ]);
    expect(searchTree(siteTree(SITES), 'nothing')).toEqual([]);
  });
});
