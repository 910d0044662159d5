import { Alert, Button, Modal, ModalBody, ModalFooter, ModalHeader, Spinner } from '@patternfly/react-core';
import { useState } from 'react';
import { Problem, textOf } from '../api/problem.ts';
import { call, pathOf } from '../api/request.ts';
import { useOnOpen } from '../app/use-on-open.ts';
import type { Action } from '../model/types.ts';
import { MapView } from '../model/value-view.tsx';
import { valueText } from '../model/value-text.ts';
import { labelOf } from './action-words.ts';
import { FieldsForm } from './fields-form.tsx';
import { inputsOf, readForm } from './form-values.ts';
import { useFaults } from './use-faults.ts';

interface LookDialogProps {
  readonly model: string;
  readonly id?: string | number;
  readonly name: string;
  readonly action: Action;
  readonly onClose: () => void;
}

/** Shows what an action answers that only looks. */
export function LookDialog({ model, id, name, action, onClose }: LookDialogProps) {
  const { parameters, doc } = action;
  const [inputs, setInputs] = useState(() => inputsOf(parameters));
  const { faults, note, take } = useFaults(parameters);
  const [answer, setAnswer] = useState<{ readonly value: unknown }>();
  const [problem, setProblem] = useState<unknown>();
  const asks = Object.keys(parameters).length > 0;
  const look = (): void => {
    const { values, flaws } = readForm(parameters, inputs);
    if (!note(flaws)) return;
    setProblem(undefined);
    call(pathOf(action.of ?? model, id, name), values)
      .then((value) => setAnswer({ value }))
      .catch((error: unknown) => {
        if (!(error instanceof Problem) || !take(error)) setProblem(error);
      });
  };
  useOnOpen(() => {
    if (!asks) look();
  });
  return (
    <Modal isOpen variant="large" onClose={onClose} aria-labelledby="ct-look">
      <ModalHeader title={labelOf(name)} labelId="ct-look" description={doc} />
      <ModalBody>
        {problem !== undefined && <Alert isInline variant="danger" title={textOf(problem)} />}
        {asks && (
          <FieldsForm name={name} fields={parameters} inputs={inputs} onChange={setInputs} faults={faults} isNew />
        )}
        {!asks && !answer && problem === undefined && <Spinner aria-label="Loading" />}
        {answer && <AnswerView value={answer.value} />}
      </ModalBody>
      <ModalFooter>
        {asks && <Button onClick={look}>Look</Button>}
        <Button variant="link" onClick={onClose}>
          Close
        </Button>
      </ModalFooter>
    </Modal>
  );
}

/** What an action answers: a map as a table of its keys, all else as text. */
function AnswerView({ value }: { readonly value: unknown }) {
  if (typeof value === 'string') return <pre className="ct-text">{value}</pre>;
  if (typeof value !== 'object' || value === null) return <p>{valueText(value) || '–'}</p>;
  if (Array.isArray(value) || Object.keys(value).length === 0)
    return <pre className="ct-text">{JSON.stringify(value, null, 2)}</pre>;
  return <MapView value={value} />;
}
