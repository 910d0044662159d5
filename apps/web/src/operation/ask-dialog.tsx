import { Button, Form, FormGroup, Modal, ModalBody, ModalFooter, ModalHeader, TextInput } from '@patternfly/react-core';
import { useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { Alert } from '@patternfly/react-core';
import { textOf } from '../api/problem.ts';

interface AskDialogProps {
  readonly title: string;
  readonly children: ReactNode;
  /** What the button says that does it. */
  readonly yes: string;
  readonly isDangerous?: boolean;
  /** Whether a reason is asked for, and whether there has to be one. */
  readonly reason?: 'may' | 'must';
  readonly onClose: () => void;
  /** Does it; what is thrown is told in the dialog. */
  readonly onYes: (reason: string) => Promise<unknown>;
}

/** Asks before something is done, and does it. */
export function AskDialog({ title, children, yes, isDangerous, reason, onClose, onYes }: AskDialogProps) {
  const [why, setWhy] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const submit = (event?: FormEvent): void => {
    event?.preventDefault();
    setBusy(true);
    setError(undefined);
    onYes(why.trim()).then(onClose, (cause: unknown) => {
      setError(cause);
      setBusy(false);
    });
  };
  return (
    <Modal isOpen variant="small" aria-label={title} onClose={onClose}>
      <ModalHeader title={title} />
      <ModalBody>
        {error !== undefined && <Alert isInline variant="danger" title={textOf(error)} />}
        <p>{children}</p>
        {reason && (
          <Form onSubmit={submit} className="ct-tab">
            <FormGroup label="Why" fieldId="ask-why" isRequired={reason === 'must'}>
              <TextInput id="ask-why" value={why} maxLength={200} autoFocus onChange={(_, text) => setWhy(text)} />
            </FormGroup>
          </Form>
        )}
      </ModalBody>
      <ModalFooter>
        <Button
          variant={isDangerous ? 'danger' : 'primary'}
          isLoading={busy}
          isDisabled={busy || (reason === 'must' && why.trim() === '')}
          onClick={() => submit()}
        >
          {yes}
        </Button>
        <Button variant="link" onClick={onClose}>
          Cancel
        </Button>
      </ModalFooter>
    </Modal>
  );
}
