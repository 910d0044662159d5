import { Alert } from '@patternfly/react-core';
import { useMemo, useState } from 'react';
import { pathOf, send } from '../api/request.ts';
import { inWords, nounOf } from '../model/labels.ts';
import { idOf } from '../model/models.ts';
import type { Model, Row } from '../model/types.ts';
import { tellError } from '../app/toasts.tsx';
import { ChangeDialog } from './change-dialog.tsx';
import type { MeanwhileChange } from './meanwhile.ts';
import { mergeMeanwhile } from './meanwhile.ts';
import { FieldsForm } from './fields-form.tsx';
import { inputsOf, readForm } from './form-values.ts';
import { Difference } from './preview-view.tsx';
import { useFaults } from './use-faults.ts';

interface EditDialogProps {
  readonly model: Model;
  readonly row: Row;
  /** Of the state that is shown: the change is for that one alone. */
  readonly etag: string | undefined;
  readonly onClose: () => void;
}

/** Changes fields of an object. Where somebody was faster, it tells what they have changed, and goes on from there. */
export function EditDialog({ model, row, etag, onClose }: EditDialogProps) {
  const fields = useMemo(
    () => Object.fromEntries(Object.entries(model.fields).filter(([, { change }]) => change === true)),
    [model],
  );
  const [base, setBase] = useState(() => ({ were: inputsOf(fields, row), etag }));
  const [inputs, setInputs] = useState(base.were);
  const [meanwhile, setMeanwhile] = useState<readonly MeanwhileChange[]>([]);
  const { faults, note, take } = useFaults(fields);
  const id = idOf(model, row);
  const path = pathOf(model.path, id);

  const reload = (): void => {
    send<Row>('GET', path)
      .then(({ body, etag: now }) => {
        const merged = mergeMeanwhile(base.were, inputs, inputsOf(fields, body));
        setBase({ were: merged.were, etag: now });
        setInputs(merged.inputs);
        setMeanwhile(merged.changes);
      })
      .catch((error: unknown) => tellError('What has changed cannot be read', error));
  };
  return (
    <ChangeDialog
      title={`Edit ${nounOf(model.path).toLowerCase()} ${id}`}
      verb="Save"
      requests={() => {
        const { values, flaws } = readForm(fields, inputs, base.were);
        return note(flaws) ? [{ method: 'PATCH', path, body: values, etag: base.etag }] : undefined;
      }}
      onProblem={(problem) => {
        if (problem?.kind !== 'precondition-failed') return take(problem);
        reload();
        return true;
      }}
      onClose={onClose}
    >
      {meanwhile.length > 0 && (
        <Alert isInline variant="warning" title="Somebody has changed this meanwhile">
          <ul>
            {meanwhile.map(({ field, before, after, isKept }) => (
              <li key={field}>
                {inWords(field)}: <Difference before={before} after={after} />
                {isKept ? '; what you have typed stands below, and would take its place' : ''}
              </li>
            ))}
          </ul>
        </Alert>
      )}
      <FieldsForm
        name={`edit-${id}`}
        fields={fields}
        inputs={inputs}
        onChange={setInputs}
        faults={faults}
        isNew={false}
      />
    </ChangeDialog>
  );
}
