import type { ComponentType } from 'react';

/** What stands at the end of the masthead, before the user: the search and the like. Each area adds its own line. */
export const mastheadItems: readonly { readonly id: string; readonly Component: ComponentType }[] = [];
