import { lazy } from 'react';
import type { ComponentType } from 'react';
import { SearchButton } from '../search/search-button.tsx';

/** What stands at the end of the masthead, before the user: the search and the like. Each area adds its own line. */
export const mastheadItems: readonly { readonly id: string; readonly Component: ComponentType }[] = [
  { id: 'search', Component: SearchButton },
  {
    id: 'session',
    Component: lazy(async () => ({ default: (await import('../session/session-notice.tsx')).SessionNotice })),
  },
];
