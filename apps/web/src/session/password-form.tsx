import { ActionGroup, Alert, Button, Form, FormGroup, FormHelperText, HelperText, HelperTextItem, TextInput } from '@patternfly/react-core';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { Problem, textOf } from '../api/problem.ts';
import { call } from '../api/request.ts';
import { signIn, useSession } from '../api/session.ts';
import { tell } from '../app/toasts.tsx';

/** Fewer are taken by the server for one's own password, and by nobody who looks after themselves. */
const SHORTEST = 8;

/** Changes one's own password; all sessions end, and this browser is signed in again with the new one. */
export function PasswordForm() {
  const { user } = useSession();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [repeated, setRepeated] = useState('');
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const differs = repeated !== '' && repeated !== next;
  const isShort = next !== '' && next.length < SHORTEST;
  const wrong = error instanceof Problem ? error.of('current_password') : undefined;

  const change = async (): Promise<void> => {
    await call('/Auth/User/changePassword', { password: next, current_password: current });
    await signIn(user ?? '', next);
    for (const empty of [setCurrent, setNext, setRepeated]) empty('');
    tell({ variant: 'success', title: 'The password is changed', text: 'All other sessions have ended.' });
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    change()
      .catch(setError)
      .finally(() => setBusy(false));
  };
  return (
    <Form isWidthLimited onSubmit={submit}>
      {error !== undefined && wrong === undefined && (
        <Alert isInline variant="danger" title="The password is not changed">
          {textOf(error)}
        </Alert>
      )}
      <input type="hidden" name="username" autoComplete="username" value={user ?? ''} readOnly />
      <Secret id="current" label="Current password" value={current} onChange={setCurrent} error={wrong} />
      <Secret
        id="next"
        label="New password"
        value={next}
        onChange={setNext}
        error={isShort ? `At least ${SHORTEST} characters.` : undefined}
      />
      <Secret
        id="repeated"
        label="New password again"
        value={repeated}
        onChange={setRepeated}
        error={differs ? 'This is not the same.' : undefined}
      />
      <ActionGroup>
        <Button
          type="submit"
          isLoading={busy}
          isDisabled={busy || current === '' || next === '' || isShort || repeated !== next}
        >
          Change password
        </Button>
      </ActionGroup>
    </Form>
  );
}

interface SecretProps {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error: string | undefined;
}

function Secret({ id, label, value, onChange, error }: SecretProps) {
  return (
    <FormGroup label={label} fieldId={id}>
      <TextInput
        id={id}
        type="password"
        autoComplete={id === 'current' ? 'current-password' : 'new-password'}
        value={value}
        validated={error === undefined ? 'default' : 'error'}
        aria-describedby={`${id}-error`}
        onChange={(_, text) => onChange(text)}
      />
      {error !== undefined && (
        <FormHelperText>
          <HelperText>
            <HelperTextItem id={`${id}-error`} variant="error">
              {error}
            </HelperTextItem>
          </HelperText>
        </FormHelperText>
      )}
    </FormGroup>
  );
}
