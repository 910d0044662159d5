import {
  Alert,
  Button,
  Form,
  FormGroup,
  FormHelperText,
  HelperText,
  HelperTextItem,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  TextInput,
} from '@patternfly/react-core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { textOf } from '../api/problem.ts';
import { useOnOpen } from '../app/use-on-open.ts';
import type { PreviewReport } from '../change/preview-report.ts';
import { PreviewView } from '../change/preview-view.tsx';

/** The longest reason the server takes, in characters. */
const MAX_REASON = 1000;

interface ReasonDialogProps {
  readonly title: string;
  /** What is done by it. */
  readonly children: ReactNode;
  /** The button that does it. */
  readonly label: string;
  readonly isDanger?: boolean;
  readonly max?: number;
  /** Whether nothing may be said. */
  readonly isOptional?: boolean;
  /** What the server says would change; it is shown, and what is done is done without it: a job moves on meanwhile. */
  readonly preview?: () => Promise<PreviewReport>;
  readonly act: (reason: string) => Promise<unknown>;
  readonly onClose: () => void;
}

/** Asks why before something is done, and shows why the server refuses it. */
export function ReasonDialog({
  title,
  children,
  label,
  isDanger = true,
  max = MAX_REASON,
  isOptional = false,
  preview,
  act,
  onClose,
}: ReasonDialogProps) {
  const [reason, setReason] = useState('');
  const [refused, setRefused] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [report, setReport] = useState<PreviewReport>();
  useOnOpen(() => {
    // Why it is refused is why the action would be.
    preview?.()
      .then(setReport)
      .catch((error: unknown) => setRefused(textOf(error)));
  });
  const given = reason.trim();
  const fits = (isOptional || given !== '') && given.length <= max;
  const submit = (): void => {
    if (!fits || busy) return;
    setBusy(true);
    act(given)
      .then(onClose)
      .catch((error: unknown) => {
        setRefused(textOf(error));
        setBusy(false);
      });
  };
  return (
    <Modal isOpen variant="small" onClose={onClose} aria-labelledby="reason-title">
      <ModalHeader title={title} labelId="reason-title" {...(isDanger ? { titleIconVariant: 'warning' } : {})} />
      <ModalBody>
        <div className="ct-stack">
          {children}
          {report && <PreviewView report={report} />}
          {refused !== undefined && (
            <Alert isInline variant="danger" title="The server refuses it">
              {refused}
            </Alert>
          )}
          <Form
            onSubmit={(event) => {
              event.preventDefault();
              submit();
            }}
          >
            <FormGroup label="Reason" fieldId="reason" isRequired={!isOptional}>
              <TextInput
                id="reason"
                autoFocus
                value={reason}
                isRequired={!isOptional}
                maxLength={max}
                onChange={(_, value) => setReason(value)}
              />
              <FormHelperText>
                <HelperText>
                  <HelperTextItem>Kept in the log, with who did it.</HelperTextItem>
                </HelperText>
              </FormHelperText>
            </FormGroup>
          </Form>
        </div>
      </ModalBody>
      <ModalFooter>
        <Button variant={isDanger ? 'danger' : 'primary'} isDisabled={!fits || busy} isLoading={busy} onClick={submit}>
          {label}
        </Button>
        <Button variant="link" onClick={onClose}>
          Back
        </Button>
      </ModalFooter>
    </Modal>
  );
}
