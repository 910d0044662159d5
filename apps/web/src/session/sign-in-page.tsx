import { Alert, LoginPage } from '@patternfly/react-core';
import { useEffect } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { textOf } from '../api/problem.ts';
import { useSession, useSessionQuery } from '../api/session.ts';
import { AwayBanner } from '../app/away-banner.tsx';
import { PasswordSignIn } from './password-sign-in.tsx';
import { ProviderButtons } from './provider-buttons.tsx';

/** Where somebody wanted to go; a path of these pages, never another place. */
const placeIn = (to: string | null): string => (to !== null && /^\/(?![/\\])/.test(to) ? to : '/');

/** What went wrong at a provider, which the server tells once, for as long as the page is open. */
let toldFailure: string | undefined;

/** Signs somebody in, with a password or by one of the providers. */
export function SignInPage() {
  const query = useSessionQuery();
  const session = useSession();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const to = placeIn(search.get('to'));
  const { password, refused, failed } = session.sign_in;
  toldFailure = failed ?? toldFailure;
  useEffect(() => {
    document.title = 'Sign in · Contractor';
  }, []);
  useEffect(() => {
    if (session.user === null) return;
    toldFailure = undefined;
    void navigate(to, { replace: true });
  }, [session.user, navigate, to]);
  return (
    <>
      <AwayBanner />
      <LoginPage brandImgAlt="" loginTitle="Contractor" loginSubtitle="Sign in to see and build what there is.">
        {query.error && <Alert isInline variant="danger" title={textOf(query.error)} />}
        {toldFailure !== undefined && (
          <Alert isInline variant="danger" title="Not signed in">
            {toldFailure}
          </Alert>
        )}
        {session.warnings.map((warning) => (
          <Alert key={warning} isInline variant="warning" title={warning} />
        ))}
        {refused && (
          <Alert isInline variant="warning" title="Nobody can sign in here">
            {refused}
          </Alert>
        )}
        {password && !refused && <PasswordSignIn />}
        {!refused && <ProviderButtons to={to} />}
      </LoginPage>
    </>
  );
}
