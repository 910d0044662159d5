import type { Extension } from '#api';
import { boolean, integer, map, staticAction } from '#api';
import { domainOf } from '#directory';
import type { ReadStore } from '#read-store';
import type { Publication, PublicationLedger } from './publication-ledger.ts';

/** At most this many are answered at once. */
const MAX_COUNT = 1000;

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
        doc: 'The serial that is wanted, the one BIND serves, since when, and what hinders it; null where it is not published, and as of the past.',
      }),
    },
    complete: async (_, id, { view }) => {
      const fqdn = view === reads.now ? await domainOf(view, Number(id)) : null;
      return { published: fqdn === null ? null : ((await publicationOf(fqdn)) ?? null) };
    },
    actions: {
      publications: staticAction({
        doc: 'How zones are published, reverse zones too, in the order of their names: `total`, and `zones` with the serials that are wanted and served.',
        protocols: ['rest'],
        sites: 'none',
        parameters: {
          faulty: boolean({ default: false, doc: 'Only those that are not served as they should be.' }),
          skip: integer({ default: 0 }),
          count: integer({ default: MAX_COUNT, doc: `${MAX_COUNT} at the most.` }),
        },
        returns: map(),
        permission: { grant: 'Directory.view_zone' },
        query: async ({ faulty, skip, count }) => ({
          total: (await ledger.counts(0)).zones,
          zones: await ledger.list({
            skip: Math.max(0, skip ?? 0),
            count: Math.min(Math.max(0, count ?? MAX_COUNT), MAX_COUNT),
            faulty: faulty ? 'any' : 'no',
          }),
        }),
      }),
    },
  };
};
