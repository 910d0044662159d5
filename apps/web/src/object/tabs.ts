import { DetailsTab } from './details-tab.tsx';
import type { ObjectTab } from './tab.ts';

/** The tabs of objects, in their order. Each area adds a line of its own for what it shows of an object. */
export const objectTabs: readonly ObjectTab[] = [
  { id: 'details', label: 'Details', applies: () => true, Component: DetailsTab },
];
