import { ActionGroup, Alert, Button, Form, FormGroup, TextInput } from '@patternfly/react-core';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { textOf } from '../api/problem.ts';
import { signIn, signInAgain } from '../api/session.ts';

/** Signs somebody in with a password. @param user who is signed in and does it again: the page stays as it is */
export function PasswordSignIn({ user, onDone }: { readonly user?: string; readonly onDone?: () => void }) {
  const [username, setUsername] = useState(user ?? '');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    (user === undefined ? signIn : signInAgain)(username, password)
      .then(() => onDone?.())
      .catch((cause: unknown) => {
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
          autoFocus={user === undefined}
          readOnlyVariant={user === undefined ? undefined : 'default'}
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
          autoFocus={user !== undefined}
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
