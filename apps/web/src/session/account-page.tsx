import { Label, LabelGroup, Title } from '@patternfly/react-core';
import { useSession } from '../api/session.ts';
import { Page } from '../app/page.tsx';
import { TimeText } from '../model/time-text.tsx';
import { OwnSessions } from './own-sessions.tsx';
import { OwnTokens } from './own-tokens.tsx';
import { PasswordForm } from './password-form.tsx';

/** One's own account: what one may do, the password, sessions and tokens. */
export function AccountPage() {
  const { user, superuser, permissions, expires } = useSession();
  return (
    <Page
      title={user ?? 'Nobody'}
      beside={superuser ? <Label color="purple">Superuser</Label> : undefined}
      about={
        <>
          {superuser ? 'You may do everything. ' : `You have ${permissions.length} permissions. `}
          {expires !== null && (
            <>
              This session ends <TimeText time={expires} />.
            </>
          )}
        </>
      }
    >
      {!superuser && permissions.length > 0 && (
        <LabelGroup numLabels={12} aria-label="Permissions">
          {permissions.map((name) => (
            <Label key={name} variant="outline" isCompact>
              {name}
            </Label>
          ))}
        </LabelGroup>
      )}
      <section className="ct-part">
        <Title headingLevel="h2">Tokens</Title>
        <OwnTokens />
      </section>
      <section className="ct-part">
        <Title headingLevel="h2">Sessions</Title>
        <OwnSessions />
      </section>
      <section className="ct-part">
        <Title headingLevel="h2">Password</Title>
        <PasswordForm />
      </section>
    </Page>
  );
}
