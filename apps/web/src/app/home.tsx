import { Content } from '@patternfly/react-core';
import { useSession, mayUse } from '../api/session.ts';
import { navigation } from './navigation.ts';
import { Page } from './page.tsx';
import { useSite, withSite } from './site.ts';
import { Link } from 'react-router';

/** The first page: what there is to go to. */
export function Home() {
  const session = useSession();
  const [site] = useSite();
  const shown = navigation.filter(
    ({ path, permission }) => path !== '/' && (permission === undefined || mayUse(session, permission)),
  );
  return (
    <Page title="Contractor">
      <Content component="ul">
        {shown.map(({ label, path }) => (
          <Content key={path} component="li">
            <Link to={withSite(path, site)}>{label}</Link>
          </Content>
        ))}
      </Content>
    </Page>
  );
}
