import {
  ActionGroup,
  Alert,
  Button,
  Form,
  FormGroup,
  FormHelperText,
  HelperText,
  HelperTextItem,
} from '@patternfly/react-core';
import { useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { Problem, textOf } from '../api/problem.ts';

interface StepFormProps {
  /** What the button says that does it. */
  readonly yes: string;
  readonly isDisabled?: boolean;
  /** The fields that show by themselves what is wrong with them. */
  readonly fields?: readonly string[];
  readonly onSubmit: () => Promise<unknown>;
  readonly children: (error: Problem | undefined) => ReactNode;
}

/** A form of one step: what the server refuses is shown at its field, or above. */
export function StepForm({ yes, isDisabled = false, fields = [], onSubmit, children }: StepFormProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    onSubmit().then(
      () => setBusy(false),
      (cause: unknown) => {
        setBusy(false);
        setError(cause);
      },
    );
  };
  // What stands at its field is not said twice.
  const isAtFields =
    error instanceof Problem && error.errors.length > 0 && error.errors.every(({ field }) => fields.includes(field));
  return (
    <Form onSubmit={submit} className="ct-form">
      {error !== undefined && !isAtFields && <Alert isInline variant="danger" title={textOf(error)} />}
      {children(error instanceof Problem ? error : undefined)}
      <ActionGroup>
        <Button type="submit" isLoading={busy} isDisabled={busy || isDisabled}>
          {yes}
        </Button>
      </ActionGroup>
    </Form>
  );
}

interface StepFieldProps {
  readonly id: string;
  readonly label: string;
  readonly help?: string | undefined;
  readonly isRequired?: boolean;
  /** What the server says of it. */
  readonly fault?: string | undefined;
  readonly children: ReactNode;
}

/** A field of a form of the first steps. */
export const StepField = ({ id, label, help, isRequired = false, fault, children }: StepFieldProps) => (
  <FormGroup label={label} fieldId={id} isRequired={isRequired}>
    {children}
    {(fault ?? help) !== undefined && (
      <FormHelperText>
        <HelperText>
          <HelperTextItem variant={fault === undefined ? 'default' : 'error'}>{fault ?? help}</HelperTextItem>
        </HelperText>
      </FormHelperText>
    )}
  </FormGroup>
);
