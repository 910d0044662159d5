import { boolean, dateTime, defineModel, map, reference, text, action, parameter } from '#api';
import type { EventLog } from '#event-store';
import { streamName } from '#kernel';
import type { View } from '#read-store';
import type { SightingLedger } from './sighting-ledger.ts';
import { ALL_SITES, subcontractor } from './subcontractor.ts';
import { subcontractors } from './subcontractors.ts';

/** At most this many changes of one are told. */
const MAX_HISTORY = 1000;

/** What of its history is told, by the type of event. */
const CHANGES: Readonly<Record<string, string>> = {
  SubcontractorAppeared: 'appeared',
  SubcontractorModulesChanged: 'modules-changed',
  SubcontractorGone: 'gone',
  SubcontractorForgotten: 'forgotten',
};

/**
 * Which subcontractors are there, and were.
 * @param now the view of now: of earlier times it is not known when one was last heard of
 */
export const subcontractorModel = (
  ledger: Pick<SightingLedger, 'lastSeen'>,
  events: () => Pick<EventLog, 'eventsOf'>,
  now: () => View,
) =>
  defineModel({
    path: 'SubContractor/Subcontractor',
    doc: 'A subcontractor at a site: what it serves, since when it has been there or gone, and when it was last heard of.',
    protocols: ['rest'],
    idField: 'id',
    fields: {
      id: text(undefined, { mode: 'RO', doc: '`<site>.<agent>`, with `~` and two digits for what ids cannot hold.' }),
      site: reference('Site/Site', { mode: 'RO', doc: 'Null: it serves every site.' }),
      agent: text(undefined, { mode: 'RO', doc: 'Its name; of one that polls `<user>@<address>`.' }),
      transport: text(undefined, { mode: 'RO', choices: ['wire', 'poll'] }),
      present: boolean({ mode: 'RO' }),
      modules: text(undefined, { mode: 'RO', list: true }),
      limits: map({ mode: 'RO', doc: 'Tasks at a time by module; null where it does not say.' }),
      since: dateTime({ mode: 'RO', doc: 'Since when it has been there, or gone.' }),
      last_seen: dateTime({
        mode: 'RO',
        doc: 'When it was last heard of; of one that is there not known of the past.',
      }),
      updated: dateTime({ mode: 'RO' }),
      created: dateTime({ mode: 'RO' }),
    },
    rows: subcontractors,
    sites: { index: 'site' },
    present: ({ site, agent, transport, present, modules, since, updated, created }, id) => ({
      id,
      site,
      agent,
      transport,
      present,
      modules: Object.keys(modules).toSorted(),
      limits: modules,
      since,
      updated,
      created,
    }),
    complete: async (row, id, { view }) => {
      if (!row.present) return { last_seen: row.lastSeen };
      const seen = view === now() ? (await ledger.lastSeen([String(id)])).get(String(id)) : undefined;
      return { last_seen: seen ?? null };
    },
    filters: {
      site: {
        doc: 'Those that serve a site, all sites included.',
        parameters: { site: parameter.reference('Site/Site') },
        where: ({ site }) => ({ site: { any: [String(site), ALL_SITES] } }),
      },
      module: {
        doc: 'Those that serve, or served, a module.',
        parameters: { module: parameter.text() },
        where: ({ module }) => ({ module: String(module) }),
      },
      present: {
        doc: 'Those that serve a module at a site and are there.',
        parameters: { site: parameter.reference('Site/Site'), module: parameter.text() },
        where: ({ site, module }) => ({
          site: { any: [String(site), ALL_SITES] },
          module: String(module),
          present: 'yes',
        }),
      },
    },
    actions: {
      history: action({
        doc: `When it came, served other modules, and went: the last ${MAX_HISTORY} changes, the oldest first.`,
        parameters: {},
        returns: { type: { kind: 'Map' }, list: true },
        permission: { grant: 'SubContractor.view_subcontractor' },
        query: async (id) => {
          const stream = streamName(subcontractor.category, id);
          const told = await events().eventsOf(stream, { direction: 'backwards', limit: MAX_HISTORY });
          return told
            .toReversed()
            .map(({ type, data, at }) => ({ at, change: CHANGES[type] ?? type, ...(data as object) }));
        },
      }),
    },
  });
