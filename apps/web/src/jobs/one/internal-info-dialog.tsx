import { Button, Modal, ModalBody, ModalFooter, ModalHeader, Skeleton } from '@patternfly/react-core';
import { ProblemView } from '../../app/problem-view.tsx';
import { ScriptView } from '../../script/script-view.tsx';
import { useRunnerState } from './use-runner.ts';
import { Variables } from './variables.tsx';

interface InternalInfoDialogProps {
  readonly id: number;
  readonly model: string;
  readonly onClose: () => void;
}

/** What a job is in the middle of, inside: its program, its line, its variables and its stack. */
export function InternalInfoDialog({ id, model, onClose }: InternalInfoDialogProps) {
  const { data, error, isPending, refetch } = useRunnerState(model, id);
  return (
    <Modal isOpen variant="large" onClose={onClose} aria-labelledby="internal-title">
      <ModalHeader title="Job State" labelId="internal-title" />
      <ModalBody>
        {isPending && <Skeleton screenreaderText="Loading" height="12rem" />}
        {error && !data && <ProblemView error={error} retry={() => void refetch()} />}
        {data && (
          <div className="ct-stack">
            <ScriptView
              label="Script of the job"
              mode="tscript"
              text={data.script}
              at={data.cur_line > 0 ? { line: data.cur_line, isStopped: false } : null}
            />
            <p>on line: {data.cur_line}</p>
            <Variables model={model} id={id} />
            <pre className="ct-text">{JSON.stringify(data.state)}</pre>
          </div>
        )}
      </ModalBody>
      <ModalFooter>
        <Button variant="link" onClick={onClose}>
          Close
        </Button>
      </ModalFooter>
    </Modal>
  );
}
