import { EmptyState, EmptyStateBody, EmptyStateFooter } from '@patternfly/react-core';
import { SearchIcon } from '@patternfly/react-icons/dist/esm/icons/search-icon';
import { Link, useLocation } from 'react-router';
import { Page } from './page.tsx';

/** What stands at every path where nothing is. */
export function NotFound() {
  const { pathname } = useLocation();
  return (
    <Page title="Not found">
      <EmptyState headingLevel="h2" icon={SearchIcon} titleText="There is no such page">
        <EmptyStateBody>
          Nothing is at <code>{pathname}</code>. It may have been deleted, or the address has a slip of the pen in it.
        </EmptyStateBody>
        <EmptyStateFooter>
          <Link to="/">Go to the home page</Link>
        </EmptyStateFooter>
      </EmptyState>
    </Page>
  );
}
