import { expect, it } from '@jest/globals';
import { overlay } from '#config';
import type { View } from '#read-store';
import { moment, rowsAfter } from '#testing';
import { siteLayers } from './site-layers.ts';
import type { Site } from './site.ts';
import { sites } from './sites.ts';

const site = (parent: string | null, configValues: Site['configValues']) =>
  ({ type: 'SiteDefined', data: { description: '', zone: null, parent, configValues } }) as const;

const rows = rowsAfter(
  sites,
  [
    'world',
    site(null, [
      ['dns', ['a']],
      ['ntp', 'x'],
    ]),
  ],
  [
    'europe',
    site('world', [
      ['>dns', 'b'],
      ['~ntp', null],
    ]),
  ],
  ['site1', site('europe', [['<dns', 'c']])],
  [
    'europe',
    {
      type: 'SiteConfigured',
      data: {
        configValues: [
          ['~ntp', null],
          ['>dns', 'd'],
        ],
      },
    },
  ],
);
const view = { get: async (_: unknown, key: string) => rows.get(key) } as unknown as View;

it('a site hands down what those around it do, and its own values last', async () => {
  const { layers, changed } = await siteLayers(view, 'site1');
  expect(layers.map(({ source }) => source.id)).toEqual(['world', 'europe', 'site1']);
  expect([...overlay(layers).values]).toEqual([
    ['dns', ['c', 'a', 'd']],
    ['_site', 'site1'],
  ]);
  expect(changed).toEqual([moment(1), moment(4), moment(3)]);
});

it('each value is told with the event it came with', async () => {
  const { layers } = await siteLayers(view, 'europe');
  expect(layers[1]?.origins).toEqual({
    '~ntp': { position: '2', actor: 'actor', at: moment(2) },
    '>dns': { position: '4', actor: 'actor', at: moment(4) },
  });
});

it('a site that is not there hands down nothing', async () =>
  expect(await siteLayers(view, 'none')).toEqual({ layers: [], changed: [], rows: [] }));
