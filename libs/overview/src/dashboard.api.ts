import { boundTo, defineModel, may, parameter, shaped, staticAction } from '#api';
import { dashboardOf, dashboardShape } from './dashboard.ts';

/** The first page of whoever operates an installation. */
export const dashboardModel = defineModel({
  path: 'Records/Dashboard',
  doc: 'What is at a site, or everywhere, in numbers.',
  protocols: ['rest'],
  fields: {},
  actions: {
    show: staticAction({
      doc: 'Machines and jobs by state, how full address blocks are, and which subcontractors are there; null is what the caller may not see.',
      parameters: {
        site: parameter.reference('Site/Site', {
          default: null,
          doc: 'With the sites within it; everywhere where it is left out.',
        }),
      },
      returns: shaped(dashboardShape),
      permission: 'session',
      // It tells of what the caller may see.
      sites: 'none',
      query: ({ site }, { view, caller, now }) =>
        dashboardOf(view, {
          site,
          bound: boundTo(caller),
          sees: (permission) => may(caller, { grant: permission }),
          now,
        }),
    }),
  },
});
