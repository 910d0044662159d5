import type { Call, Extension, Shape, Shaped } from '#api';
import { action, boundTo, Forbidden, parameter, shape, shaped, staticAction } from '#api';
import { domainOf } from '#directory';
import { refuse } from '#kernel';
import type { ZoneContent, ZoneSource } from '../zone-source.ts';
import type { ServerAddress } from './bind.settings.ts';
import { askForRecords } from './asked-records.ts';
import type { PublicationLedger } from './publication-ledger.ts';
import { recordsIn } from './zone-records.ts';

/** How many records are told at a time, and how many of these a name server is asked for. */
const MAX_RECORDS = 1000;
const MAX_ASKED = 200;

const servedShape: Shape<boolean | null> = {
  schema: {
    type: ['boolean', 'null'],
    description: 'Whether the name server serves it; null: not asked, or not known.',
  },
};
const serialShape: Shape<number | null> = { schema: { type: ['integer', 'null'], minimum: 0 } };

const zoneRecordsShape = shape.record({
  name: shape.text('Its domain.'),
  kind: shape.text('`forward` or `reverse`.'),
  total: shape.count('How many records it has, but for its SOA.'),
  records: shape.list(
    shape.record({ name: shape.text(), type: shape.text(), data: shape.text(), served: servedShape }),
    'Some of them, in the order of the zone.',
  ),
  left_out: shape.list(
    shape.record({ host: shape.textOrNull(), what: shape.text(), reason: shape.text() }),
    'What of the zone is not in it, and why.',
  ),
  wanted: serialShape,
  served: serialShape,
  error: shape.textOrNull('What keeps the wanted serial from being served.'),
  asked: shape.orNull(
    shape.record({
      at: shape.text('When the name server was asked, ISO 8601.'),
      records: shape.count(`For how many records: the first ${MAX_ASKED} of those that are told.`),
      error: shape.textOrNull('Why some of it is not known.'),
    }),
    'Null: it was not asked, as nobody wanted it or none is set.',
  ),
});

interface Parts {
  readonly source: ZoneSource;
  readonly ledger: Pick<PublicationLedger, 'of'>;
  /** The name server that serves the zones; undefined: none is set. */
  readonly server: ServerAddress | undefined;
}

const parameters = {
  skip: parameter.integer({ default: 0 }),
  count: parameter.integer({ default: MAX_ASKED, doc: `${MAX_RECORDS} at the most.` }),
  ask: parameter.boolean({ default: false, doc: 'Whether the name server is asked if it serves them.' }),
};

interface Wanted {
  readonly skip: number | null;
  readonly count: number | null;
  readonly ask: boolean | null;
}

async function told(
  zone: ZoneContent,
  { skip, count, ask }: Wanted,
  { ledger, server }: Parts,
  now: string,
): Promise<Shaped<typeof zoneRecordsShape>> {
  const all = recordsIn(zone.text(1), zone.name);
  const from = Math.max(0, skip ?? 0);
  const some = all.slice(from, from + Math.min(Math.max(0, count ?? MAX_ASKED), MAX_RECORDS));
  const asked = ask === true && server ? await askForRecords(server, some.slice(0, MAX_ASKED), { now }) : undefined;
  const publication = (await ledger.of([zone.name])).get(zone.name);
  return {
    name: zone.name,
    kind: zone.kind,
    total: all.length,
    records: some.map((record, n) => ({ ...record, served: asked?.served[n] ?? null })),
    left_out: zone.leftOut.map(({ host, what, reason }) => ({ host, what, reason })),
    wanted: publication?.wanted ?? null,
    served: publication?.served ?? null,
    error: publication?.error ?? null,
    asked: asked ? { at: asked.at, records: asked.served.length, error: asked.error } : null,
  };
}

const permission = { grant: 'Directory.view_zone' } as const;

/** The records of zones, and whether they are served. */
export function zoneRecords(parts: Parts): Extension {
  const zoneOf = async (name: string | null, { caller }: Pick<Call, 'caller'>): Promise<ZoneContent> => {
    if (boundTo(caller)) throw new Forbidden('a zone has hosts of several sites');
    const zone = name === null ? undefined : (await parts.source.zones()).zones.get(name);
    if (!zone) throw refuse('', 'NOT_FOUND', `${name ?? 'it'} is no zone that a name server can have`);
    return zone;
  };
  return {
    model: 'Directory/Zone',
    actions: {
      records: action({
        doc: 'Its records now, what of it is left out, and whether the name server serves them.',
        protocols: ['rest'],
        parameters,
        returns: shaped(zoneRecordsShape),
        permission,
        query: async (id, wanted, call) =>
          told(await zoneOf(await domainOf(call.view, Number(id)), call), wanted, parts, call.now),
      }),
      zoneRecords: staticAction({
        doc: 'The same of a zone by its name, reverse zones too.',
        protocols: ['rest'],
        parameters: { name: parameter.text(), ...parameters },
        returns: shaped(zoneRecordsShape),
        permission,
        query: async ({ name, ...wanted }, call) =>
          told(await zoneOf((name ?? '').toLowerCase().replace(/\.$/, ''), call), wanted, parts, call.now),
      }),
    },
  };
}
