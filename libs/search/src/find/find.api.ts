import type { Model } from '#api';
import { parameter, shape, shaped, staticAction } from '#api';
import { COUNT } from './find.ts';
import type { Finder } from './find.ts';

const resultsShape = shape.record({
  results: shape.list(
    shape.record({
      model: shape.text('What it is: `Building/Structure`.'),
      id: shape.text(),
      name: shape.text(),
      site: shape.textOrNull(),
      by: shape.text('What of it matches: `host name`, `MAC`, `configuration` …'),
      value: shape.text('How that is written in full.'),
      link: shape.text('Where it is read.'),
    }),
    'The best first.',
  ),
  more: shape.flag('Whether there are more.'),
});

/** One search across everything. */
export const findModel = (finder: Finder): Model => ({
  path: 'Records/Search',
  doc: 'Finds objects by one text, whatever it is of them.',
  protocols: ['rest'],
  fields: {},
  actions: {
    find: staticAction({
      doc: 'Objects by host name, FQDN, MAC, IP address, serial number, id, label or configuration value; those the caller may see.',
      parameters: {
        q: parameter.text({ doc: 'Names, MACs, UUIDs and serial numbers may be given in part, from their beginning.' }),
        count: parameter.integer({ default: COUNT.usual, doc: `How many at most, up to ${COUNT.most}.` }),
      },
      returns: shaped(resultsShape),
      permission: 'session',
      sites: 'none',
      asOf: true,
      page: 'search',
      query: ({ q, count }, { view, caller }) => finder.find(q ?? '', count ?? COUNT.usual, view, caller),
    }),
  },
});
