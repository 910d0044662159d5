import type { Extension, Shape, Shaped } from '#api';
import { boolean, integer, map, shape, shaped, staticAction } from '#api';
import { domainOf } from '#directory';
import type { ReadStore } from '#read-store';
import type { Publication, PublicationLedger } from './publication-ledger.ts';

/** At most this many are answered at once. */
const MAX_COUNT = 1000;

/** A serial, where there is one. */
const serialOrNull: Shape<number | null> = { schema: { type: ['integer', 'null'], minimum: 1 } };

/** How the publication of zones is shown. */
const publicationsShape = shape.record({
  total: shape.count('How many zones are published.'),
  zones: shape.list(
    shape.record({
      name: shape.text(),
      kind: shape.text('`forward` or `reverse`.'),
      wanted: shape.count('Serial of what the zone says now.'),
      wanted_since: shape.text(),
      served: serialOrNull,
      served_since: shape.textOrNull(),
      error: shape.textOrNull('What keeps the wanted serial from being served.'),
      error_since: shape.textOrNull(),
    }),
  ),
});

const shown = (of: Publication) => ({
  wanted: of.wanted,
  wanted_since: of.wantedSince,
  served: of.served,
  served_since: of.servedSince,
  error: of.error,
  error_since: of.errorSince,
});

/** Asks for the publication of zones one by one, and reads those together that are asked for together. */
function lookup(ledger: Pick<PublicationLedger, 'of'>): (zone: string) => Promise<Publication | undefined> {
  let names = new Set<string>();
  let found: Promise<ReadonlyMap<string, Publication>> | undefined;
  return async (zone) => {
    names.add(zone);
    found ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      const asked = [...names];
      names = new Set();
      found = undefined;
      return ledger.of(asked);
    });
    return (await found).get(zone);
  };
}

/** What zones say about how far they are published. */
export const publicationExtension = (ledger: PublicationLedger, reads: Pick<ReadStore, 'now'>): Extension => {
  const publicationOf = lookup(ledger);
  return {
    model: 'Directory/Zone',
    fields: {
      published: map({
        mode: 'RO',
        protocols: ['rest'],
        doc: 'The serial that is wanted, the one BIND serves, since when, and what hinders it; empty where it is not published, and as of the past.',
      }),
    },
    complete: async (_, id, { view }) => {
      const fqdn = view === reads.now ? await domainOf(view, Number(id)) : null;
      const publication = fqdn === null ? undefined : await publicationOf(fqdn);
      return { published: publication ? shown(publication) : null };
    },
    actions: {
      publications: staticAction({
        doc: 'How zones are published, reverse zones too, in the order of their names: `total`, and `zones` with the serials that are wanted and served.',
        protocols: ['rest'],
        parameters: {
          faulty: boolean({ default: false, doc: 'Only those that are not served as they should be.' }),
          skip: integer({ default: 0 }),
          count: integer({ default: MAX_COUNT, doc: `${MAX_COUNT} at the most.` }),
        },
        returns: shaped(publicationsShape),
        permission: { grant: 'Directory.view_zone' },
        query: async ({ faulty, skip, count }): Promise<Shaped<typeof publicationsShape>> => {
          const found = await ledger.list({
            skip: Math.max(0, skip ?? 0),
            count: Math.min(Math.max(0, count ?? MAX_COUNT), MAX_COUNT),
            faulty: faulty ? 'any' : 'no',
          });
          return {
            total: (await ledger.counts(0)).zones,
            zones: found.map((one) => ({ name: one.zone, kind: one.kind, ...shown(one) })),
          };
        },
      }),
    },
  };
};
