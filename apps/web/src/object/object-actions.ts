import { ChangeMenu } from './change-menu.tsx';
import type { ObjectAction } from './tab.ts';

/** What stands beside the title of an object: buttons and menus. Each area adds a line of its own. */
export const objectActions: readonly ObjectAction[] = [{ id: 'change', applies: () => true, Component: ChangeMenu }];
