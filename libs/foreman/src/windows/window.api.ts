import type { Extension } from '#api';
import {
  action,
  byReference,
  dateTime,
  defineModel,
  integer,
  parameter,
  reference,
  shape,
  shaped,
  staticAction,
  text,
} from '#api';
import { refuse } from '#kernel';
import { ChangeWindow, CreateWindow, DeleteWindow } from './window.commands.ts';
import { openingAt } from './window-times.ts';
import { maintenanceWindows } from './maintenance-windows.ts';
import { siteWindows, windowState } from './site-windows.ts';
import { maintenanceWindow } from './window.ts';

export const windowFields = {
  site: reference('Site/Site', {
    mode: 'RC',
    required: true,
    doc: 'The site whose jobs begin in it, with the sites within it that have no windows of their own.',
  }),
  description: text(200, { required: true }),
  days: text(undefined, {
    list: true,
    required: true,
    default: [],
    doc: 'The days on which it opens: mon, tue, wed, thu, fri, sat, sun; none where it opens once.',
  }),
  start: text(5, {
    required: true,
    default: '00:00',
    doc: 'When it opens on each of these days, by the clocks of its time zone: 22:00.',
  }),
  time_zone: text(64, { required: true, default: 'UTC', doc: 'By its IANA name: Europe/Berlin.' }),
  minutes: integer({ required: true, doc: 'How long it is open, from 1 to 10080 (a week).' }),
  starts_at: dateTime({ doc: 'When it opens once; nothing where it opens every week.' }),
  id: integer({ mode: 'RO' }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};

/** How many openings are listed. */
const MAX_OPENINGS = 10;
const openingsShape = shape.record({
  openings: shape.list(shape.record({ from: shape.text('ISO 8601.'), to: shape.text('ISO 8601.') })),
});
const stateShape = shape.record({
  open: shape.flag('Whether jobs of the site may begin now.'),
  site: shape.textOrNull('The site whose windows hold there; null: there are none, and jobs begin at any time.'),
  window: shape.textOrNull('Id of the window that is open, or opens next.'),
  opens: shape.textOrNull('When it opens, or has opened, ISO 8601.'),
  closes: shape.textOrNull('When it closes, ISO 8601.'),
});

const iso = (instant: number): string => new Date(instant).toISOString();

/** When jobs of a site may begin. */
export const windowModel = (now: () => number) =>
  defineModel({
    path: 'Foreman/MaintenanceWindow',
    doc: 'A time in which jobs of a site may begin: every week, or once. Those that have begun go on.',
    protocols: ['rest'],
    idField: 'id',
    fields: windowFields,
    rows: maintenanceWindows,
    sites: { index: 'site' },
    present: ({ timeZone, startsAt, ...row }, id) => ({ ...row, id, time_zone: timeZone, starts_at: startsAt }),
    create: (values) => new CreateWindow(values),
    update: (id, values) => new ChangeWindow(id, values),
    deletion: { command: (ids) => new DeleteWindow(ids) },
    filters: { site: byReference('site', 'Site/Site') },
    actions: {
      openings: action({
        doc: `When it is open, or opens next: the first ${MAX_OPENINGS} times.`,
        parameters: {},
        returns: shaped(openingsShape),
        permission: { grant: 'Foreman.view_maintenancewindow' },
        asOf: true,
        query: async (id, _, { view }) => {
          const row = await view.get(maintenanceWindows, id);
          if (!row) throw refuse('', 'NOT_FOUND', 'the window is gone');
          const openings: { from: string; to: string }[] = [];
          let next = openingAt(row, now());
          while (next && openings.length < MAX_OPENINGS) {
            openings.push({ from: iso(next.from), to: iso(next.to) });
            const last = next;
            next = openingAt(row, last.to);
            if (next?.from === last.from) break;
          }
          return { openings };
        },
      }),
      state: staticAction({
        doc: 'Whether jobs of a site may begin now, by which window, and when the next one opens.',
        parameters: { site: parameter.reference('Site/Site') },
        returns: shaped(stateShape),
        permission: { grant: 'Foreman.view_maintenancewindow' },
        asOf: true,
        query: async ({ site }, { view }) => {
          const holding = await siteWindows(view, String(site));
          const state = holding && windowState(holding.windows, now());
          return {
            open: !holding || state?.open === true,
            site: holding?.site ?? null,
            window: state ? String(state.id) : null,
            opens: state ? iso(state.opening.from) : null,
            closes: state ? iso(state.opening.to) : null,
          };
        },
      }),
    },
  });

/** The windows of a site go with it. */
export const windowExtensions: readonly Extension[] = [
  {
    model: 'Site/Site',
    release: async (work, view, key) => {
      const { keys } = await view.keys(maintenanceWindows, { where: { site: String(key) } });
      for (const id of keys) {
        await work.attempt(maintenanceWindow, id, { type: 'CloseMaintenanceWindow', data: {} });
        await work.attempt(maintenanceWindow, id, { type: 'DeleteMaintenanceWindow', data: {} });
      }
    },
  },
];
