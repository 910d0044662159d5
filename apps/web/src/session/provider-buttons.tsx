import { Button } from '@patternfly/react-core';
import { API } from '../api/request.ts';
import { useSession } from '../api/session.ts';

/** A button for each provider that one can sign in by. @param to the page to come back to */
export function ProviderButtons({ to }: { readonly to: string }) {
  const { sign_in: ways } = useSession();
  return ways.openid.map(({ name, label }) => (
    <p key={name} className="ct-provider">
      <Button
        isBlock
        component="a"
        variant="secondary"
        href={`${API}/session/openid/${encodeURIComponent(name)}?to=${encodeURIComponent(to)}`}
      >
        Sign in with {label}
      </Button>
    </p>
  ));
}
