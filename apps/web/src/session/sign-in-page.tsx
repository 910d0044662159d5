import { ActionGroup, Alert, Button, Form, FormGroup, LoginPage, TextInput } from '@patternfly/react-core';
import { useEffect, useState } from 'react';
import type { FormEvent } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { textOf } from '../api/problem.ts';
import { API } from '../api/request.ts';
import { signIn, useSession, useSessionQuery } from '../api/session.ts';
import { AwayBanner } from '../app/away-banner.tsx';

/** Where somebody wanted to go; a path of these pages, never another place. */
const placeIn = (to: string | null): string => (to !== null && /^\/(?![/\\])/.test(to) ? to : '/');

/** Signs somebody in, with a password or by one of the providers. */
export function SignInPage() {
  const query = useSessionQuery();
  const session = useSession();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const to = placeIn(search.get('to'));
  useEffect(() => {
    document.title = 'Sign in · Contractor';
  }, []);
  useEffect(() => {
    if (session.user !== null) void navigate(to, { replace: true });
  }, [session.user, navigate, to]);
  return (
    <>
      <AwayBanner />
      <LoginPage brandImgAlt="" loginTitle="Contractor" loginSubtitle="Sign in to see and build what there is.">
        {query.error && <Alert isInline variant="danger" title={textOf(query.error)} />}
        {session.warnings.map((warning) => (
          <Alert key={warning} isInline variant="warning" title={warning} />
        ))}
        {session.sign_in.refused && <Alert isInline variant="warning" title={session.sign_in.refused} />}
        {session.sign_in.password && !session.sign_in.refused && <PasswordForm />}
        {session.sign_in.openid.map(({ name, label }) => (
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
        ))}
      </LoginPage>
    </>
  );
}

function PasswordForm() {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    signIn(username, password).catch((cause: unknown) => {
      setError(cause);
      setBusy(false);
    });
  };
  return (
    <Form onSubmit={submit}>
      {error !== undefined && (
        <Alert isInline variant="danger" title="Not signed in">
          {textOf(error)}
        </Alert>
      )}
      <FormGroup label="Username" fieldId="username">
        <TextInput
          id="username"
          name="username"
          autoComplete="username"
          autoFocus
          value={username}
          onChange={(_, value) => setUsername(value)}
        />
      </FormGroup>
      <FormGroup label="Password" fieldId="password">
        <TextInput
          id="password"
          name="password"
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={(_, value) => setPassword(value)}
        />
      </FormGroup>
      <ActionGroup>
        <Button type="submit" isBlock isLoading={busy} isDisabled={busy || username === '' || password === ''}>
          Sign in
        </Button>
      </ActionGroup>
    </Form>
  );
}
