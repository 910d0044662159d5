import type { ComponentType } from 'react';
import { SearchButton } from '../search/search-button.tsx';
import { SessionNotice } from '../session/session-notice.tsx';

/** What stands at the end of the masthead, before the user: the search and the like. Each area adds its own line. */
export const mastheadItems: readonly { readonly id: string; readonly Component: ComponentType }[] = [
  { id: 'search', Component: SearchButton },
  // Not when it is first needed: the server may be away by then, and pages stay.
  { id: 'session', Component: SessionNotice },
];
