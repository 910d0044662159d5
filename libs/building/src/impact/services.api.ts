import type { Extension } from '#api';
import { action, boundTo, parameter, shaped, staticAction } from '#api';
import { refuse } from '#kernel';
import { isServiceName } from '../selection/labels.ts';
import { siteCondition, withinSites } from '../selection/selection.ts';
import { resourcesOf, serviceShape, servicesIn, servicesShape } from './services.ts';

const permission = { grant: 'Building.view_structure' } as const;
const exact = parameter.boolean({ default: false, doc: 'Whether sites within the site are left out.' });

/** What services there are, what they are made of, and what carries them. */
export const services: readonly Extension[] = [
  {
    model: 'Building/Structure',
    actions: {
      getService: staticAction({
        doc: 'The structures of a service (those with the label `service`), and all that carries them.',
        protocols: ['rest'],
        asOf: true,
        parameters: {
          service: parameter.text(),
          site: parameter.reference('Site/Site', {
            default: null,
            doc: 'Where its structures are, or around where; everywhere where it is left out.',
          }),
          exact,
        },
        returns: shaped(serviceShape),
        permission,
        query: async ({ service, site, exact: alone }, { view, caller }) => {
          if (service === null || !isServiceName(service)) {
            throw refuse('service', 'PATTERN', `"${service ?? ''}" is no name of a service`);
          }
          const where = site === null ? {} : await siteCondition(view, site, alone === true);
          return resourcesOf(view, service, withinSites(where, boundTo(caller)), boundTo(caller));
        },
      }),
    },
  },
  {
    model: 'Site/Site',
    actions: {
      getServices: action({
        doc: 'The services whose structures are at the site or within it, with how many are in which state.',
        protocols: ['rest'],
        asOf: true,
        parameters: { exact },
        returns: shaped(servicesShape),
        permission,
        query: async (site, { exact: alone }, { view, caller }) =>
          servicesIn(view, withinSites(await siteCondition(view, String(site), alone === true), boundTo(caller))),
      }),
    },
  },
];
