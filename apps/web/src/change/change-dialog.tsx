import {
  Alert,
  Button,
  FormGroup,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  Spinner,
  TextInput,
} from '@patternfly/react-core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { Problem, textOf } from '../api/problem.ts';
import { queryClient } from '../api/query-client.ts';
import { useOnOpen } from '../app/use-on-open.ts';
import { tellDone } from './tell-done.tsx';
import type { Carried, ChangeRequest } from './change-request.ts';
import { carryOut, commit, isNotPreviewable, needsApproval, previewOf } from './change-request.ts';
import type { PreviewReport } from './preview-report.ts';
import { PreviewView } from './preview-view.tsx';

/** How far a change has come: thought of, shown, or known to be one that cannot be shown first. */
type Stage =
  | { readonly is: 'thought' }
  | { readonly is: 'shown'; readonly report: PreviewReport }
  | { readonly is: 'blind'; readonly why: string };

interface ChangeDialogProps {
  readonly title: string;
  /** What the button says that does it: `Delete`. */
  readonly verb: string;
  readonly isDanger?: boolean;
  /** What is to be done; undefined: the form is not filled in yet. */
  readonly requests: () => readonly ChangeRequest[] | undefined;
  /** What is asked before; without it the preview is shown at once. */
  readonly children?: ReactNode;
  /** Told what the server refuses, so that it stands at its field; what is not taken is shown above the form. */
  readonly onProblem?: (problem: Problem | undefined) => boolean;
  readonly onDone?: (carried: Carried, report: PreviewReport | undefined) => void;
  readonly onClose: () => void;
}

/** Asks what is to be done, shows what that would change, and does it when it is confirmed. */
export function ChangeDialog(props: ChangeDialogProps) {
  const { title, verb, isDanger = false, requests, children, onProblem, onDone, onClose } = props;
  const [stage, setStage] = useState<Stage>({ is: 'thought' });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const [reason, setReason] = useState('');
  const asksFirst = children !== undefined && children !== false;

  const run = (work: () => Promise<void>): void => {
    setBusy(true);
    setProblem(undefined);
    onProblem?.(undefined);
    work()
      .catch((error: unknown) => {
        const taken = error instanceof Problem && onProblem?.(error) === true;
        setProblem(taken ? undefined : error);
        if (asksFirst) setStage({ is: 'thought' });
      })
      .finally(() => setBusy(false));
  };
  const preview = (approval = false): void => {
    const wanted = requests();
    if (!wanted) return;
    run(async () => {
      try {
        setStage({ is: 'shown', report: await previewOf(wanted, approval) });
      } catch (error) {
        if (error instanceof Problem && needsApproval(error) && !approval)
          return setStage({ is: 'shown', report: await previewOf(wanted, true) });
        if (!(error instanceof Problem) || !isNotPreviewable(error)) throw error;
        setStage({ is: 'blind', why: error.message });
      }
    });
  };
  const confirm = (): void => {
    const wanted = requests();
    if (!wanted || stage.is === 'thought') return;
    run(async () => {
      const report = stage.is === 'shown' ? stage.report : undefined;
      const carried =
        report?.id !== undefined && report.id !== null
          ? await commit(report.id, reason)
          : await carryOut(wanted, reason);
      tellDone(`${title}: done`, carried);
      onClose();
      // A page of what was deleted is left before anything on it is asked for again.
      onDone?.(carried, report);
      await queryClient.invalidateQueries();
    });
  };
  useOnOpen(() => {
    if (!asksFirst) preview();
  });

  const waits = stage.is === 'shown' && stage.report.needs_approval === true;
  const nothing = stage.is === 'shown' && stage.report.events_total === 0;
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-labelledby="ct-change">
      <ModalHeader title={title} labelId="ct-change" />
      <ModalBody>
        {problem !== undefined && (
          <Alert isInline variant="danger" title={problem instanceof Problem ? problem.title : 'Not done'}>
            {textOf(problem)}
            {problem instanceof Problem && problem.request !== undefined && (
              <div className="ct-small">Request {problem.request}</div>
            )}
          </Alert>
        )}
        <div hidden={stage.is !== 'thought'}>{children}</div>
        {busy && stage.is === 'thought' && !asksFirst && <Spinner aria-label="Working" size="lg" />}
        {stage.is === 'shown' && <PreviewView report={stage.report} />}
        {stage.is === 'blind' && <Alert isInline variant="warning" title={stage.why} />}
        {stage.is !== 'thought' && !nothing && !waits && (
          <FormGroup label="Reason" fieldId="ct-reason" className="ct-reason">
            <TextInput
              id="ct-reason"
              value={reason}
              maxLength={1000}
              onChange={(_, value) => setReason(value)}
              placeholder="Why; kept in the history"
            />
          </FormGroup>
        )}
        {waits && (
          <Alert isInline variant="info" title="Somebody else has to approve of this">
            It is kept as preview <code>{stage.report.id}</code>. Once it is approved, it can be committed.
          </Alert>
        )}
      </ModalBody>
      <ModalFooter>
        {stage.is === 'thought' && asksFirst && (
          <Button onClick={() => preview()} isLoading={busy} isDisabled={busy}>
            Preview
          </Button>
        )}
        {stage.is !== 'thought' && !nothing && !waits && (
          <Button variant={isDanger ? 'danger' : 'primary'} onClick={confirm} isLoading={busy} isDisabled={busy}>
            {verb}
          </Button>
        )}
        {stage.is === 'shown' && !nothing && !waits && (
          <Button variant="secondary" onClick={() => preview(true)} isDisabled={busy}>
            Ask for approval
          </Button>
        )}
        {stage.is !== 'thought' && asksFirst && (
          <Button variant="secondary" onClick={() => setStage({ is: 'thought' })} isDisabled={busy}>
            Back
          </Button>
        )}
        <Button variant="link" onClick={onClose}>
          {waits || nothing ? 'Close' : 'Cancel'}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
