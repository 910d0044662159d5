import { EmptyState, EmptyStateBody } from '@patternfly/react-core';
import { useSearchParams } from 'react-router';
import { mayUse, useSession } from '../api/session.ts';
import { Page } from '../app/page.tsx';
import { PANEL, PanelTabs } from '../app/panel-tabs.tsx';
import { ModelList } from '../nouns/model-list.tsx';
import { PermissionList } from './permission-list.tsx';

/** The tabs: what they show, and the permission without which there is nothing to see. */
const TABS = [
  { id: 'users', label: 'Users', model: 'Auth/Account', permission: 'Auth.view_account' },
  { id: 'groups', label: 'Groups', model: 'Auth/Group', permission: 'Auth.view_group' },
  { id: 'services', label: 'Services', model: 'Auth/Service', permission: 'Auth.view_service' },
  { id: 'sessions', label: 'Sessions', model: 'Auth/Session', permission: 'Auth.view_session' },
  { id: 'tokens', label: 'Tokens', model: 'Auth/Token', permission: 'Auth.view_token' },
  { id: 'permissions', label: 'Permissions', model: undefined, permission: 'Auth.view_account' },
] as const;

/** Who may use the server, and what they may do. */
export function PeoplePage() {
  const session = useSession();
  const [search, setSearch] = useSearchParams();
  const tabs = TABS.filter(({ permission }) => mayUse(session, permission));
  const tab = tabs.find(({ id }) => id === search.get('tab')) ?? tabs[0];
  return (
    <Page title="People" about="Users, groups and programs, and what they may do.">
      {tab ? (
        <>
          <PanelTabs
            label="People"
            tabs={tabs}
            chosen={tab.id}
            onChoose={(id) => setSearch({ tab: id }, { replace: true })}
          />
          <div className="ct-tab" id={PANEL} role="tabpanel" aria-label={tab.label}>
            {tab.model === undefined ? <PermissionList /> : <ModelList key={tab.id} path={tab.model} />}
          </div>
        </>
      ) : (
        <EmptyState headingLevel="h2" titleText="Not for you">
          <EmptyStateBody>
            You may look at none of this. Your own account is in the menu behind your name; an administrator can give
            you more.
          </EmptyStateBody>
        </EmptyState>
      )}
    </Page>
  );
}
