import { lazy } from 'react';
import { mayUse } from '../api/session.ts';
import type { Model } from '../model/types.ts';
import type { ObjectTab } from '../object/tab.ts';
import { GRAPHED, NETWORKED, pathAmong } from './path-among.ts';

const isOf = (model: Model, ...paths: readonly string[]): boolean => pathAmong(model, paths) !== undefined;

/** What is drawn of objects. */
export const pictureTabs: readonly ObjectTab[] = [
  {
    id: 'impact',
    label: 'Impact',
    applies: (model) => isOf(model, ...GRAPHED),
    Component: lazy(() => import('./impact-tab.tsx')),
  },
  {
    id: 'network',
    label: 'Network',
    applies: (model) => isOf(model, ...NETWORKED),
    Component: lazy(() => import('./network-tab.tsx')),
  },
  {
    id: 'place',
    label: 'Place',
    applies: (model, session) => isOf(model, 'Building/Foundation') && mayUse(session, 'Survey.view_position'),
    Component: lazy(() => import('./place-tab.tsx')),
  },
  {
    id: 'map',
    label: 'Map',
    applies: (model) => isOf(model, 'Utilities/AddressBlock'),
    Component: lazy(() => import('./address-map-tab.tsx')),
  },
  {
    id: 'machines',
    label: 'Machines',
    applies: (model, session) => isOf(model, 'Survey/Plot') && mayUse(session, 'Survey.view_position'),
    Component: lazy(() => import('./plot-tab.tsx')),
  },
  {
    id: 'records',
    label: 'Records',
    applies: (model, session) => isOf(model, 'Directory/Zone') && mayUse(session, 'Directory.view_zone'),
    Component: lazy(() => import('./zone-tab.tsx')),
  },
];
