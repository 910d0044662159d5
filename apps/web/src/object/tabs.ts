import { lazy } from 'react';
import { mayUse } from '../api/session.ts';
import { pictureTabs } from '../pictures/picture-tabs.ts';
import { scriptTabs } from '../script/script-tabs.ts';
import { DetailsTab } from './details-tab.tsx';
import type { ObjectTab } from './tab.ts';

/** The tabs of objects, in their order. Each area adds a line of its own for what it shows of an object. */
export const objectTabs: readonly ObjectTab[] = [
  { id: 'details', label: 'Details', applies: () => true, Component: DetailsTab },
  {
    id: 'permissions',
    label: 'Permissions',
    applies: ({ fields }) => fields['permissions']?.list === true && fields['permissions'].change === true,
    Component: lazy(async () => ({ default: (await import('../session/permissions-tab.tsx')).PermissionsTab })),
  },
  ...scriptTabs,
  ...pictureTabs,
  {
    id: 'configuration',
    label: 'Configuration',
    applies: ({ actions }, session) => mayUse(session, actions['explain']?.permission),
    Component: lazy(async () => ({ default: (await import('./configuration-tab.tsx')).ConfigurationTab })),
  },
  {
    id: 'related',
    label: 'Depends on it',
    applies: () => true,
    Component: lazy(async () => ({ default: (await import('./related-tab.tsx')).RelatedTab })),
  },
  {
    id: 'history',
    label: 'History',
    applies: ({ can }, session) => mayUse(session, can.history),
    Component: lazy(async () => ({ default: (await import('./history-tab.tsx')).HistoryTab })),
  },
  {
    id: 'past',
    label: 'As of',
    applies: ({ can }, session) => mayUse(session, can.history),
    Component: lazy(async () => ({ default: (await import('./past-tab.tsx')).PastTab })),
  },
  {
    id: 'events',
    label: 'Events',
    applies: ({ can }, session) => mayUse(session, can.history),
    Component: lazy(async () => ({ default: (await import('./events-tab.tsx')).EventsTab })),
  },
];
