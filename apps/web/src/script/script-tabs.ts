import { lazy } from 'react';
import type { ObjectTab } from '../object/tab.ts';

const BLUEPRINTS = new Set(['BluePrint/FoundationBluePrint', 'BluePrint/StructureBluePrint']);

/** Tabs with the texts that are run, booted or answered. */
export const scriptTabs: readonly ObjectTab[] = [
  {
    id: 'script',
    label: 'Script',
    applies: ({ path }) => path === 'BluePrint/Script',
    Component: lazy(() => import('./script-tab.tsx')),
  },
  {
    id: 'texts',
    label: 'Boot script and template',
    applies: ({ path }) => path === 'BluePrint/PXE',
    Component: lazy(() => import('./pxe-tab.tsx')),
  },
  {
    id: 'scripts',
    label: 'Scripts',
    applies: ({ path }) => BLUEPRINTS.has(path),
    Component: lazy(() => import('./blueprint-scripts-tab.tsx')),
  },
];
