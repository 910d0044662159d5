import type { ObjectTab } from './tab.ts';

/** What stands beside the title of an object: buttons and menus. Each area adds a line of its own. */
export const objectActions: readonly Omit<ObjectTab, 'label'>[] = [];
