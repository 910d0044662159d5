import { useState } from 'react';
import { pathOf } from '../api/request.ts';
import { tell } from '../app/toasts.tsx';
import { nounOf, pluralOf } from '../model/labels.ts';
import { idOf } from '../model/models.ts';
import type { Action, Model, Row } from '../model/types.ts';
import { valueText } from '../model/value-text.ts';
import { isDangerous, labelOf } from './action-words.ts';
import { ChangeDialog } from './change-dialog.tsx';
import { FieldsForm } from './fields-form.tsx';
import { inputsOf, readForm } from './form-values.ts';
import { useFaults } from './use-faults.ts';

interface ActionDialogProps {
  readonly model: Model;
  readonly name: string;
  readonly action: Action;
  /** The objects it is called on. */
  readonly rows: readonly Row[];
  readonly onDone?: () => void;
  readonly onClose: () => void;
}

/** Calls an action on objects, with the same parameters on each, all or none. */
export function ActionDialog({ model, name, action, rows, onDone, onClose }: ActionDialogProps) {
  const { parameters } = action;
  const [inputs, setInputs] = useState(() => inputsOf(parameters));
  const { faults, note, take } = useFaults(parameters);
  const asks = Object.keys(parameters).length > 0;
  const noun = nounOf(model.path).toLowerCase();
  const [first] = rows;
  const of =
    rows.length === 1 && first
      ? `${noun} ${idOf(model, first)}`
      : `${rows.length} ${pluralOf(model.path).toLowerCase()}`;
  return (
    <ChangeDialog
      title={`${labelOf(name)}: ${of}`}
      verb={labelOf(name)}
      isDanger={isDangerous(name)}
      requests={() => {
        const { values, flaws } = readForm(parameters, inputs);
        if (!note(flaws)) return undefined;
        return rows.map((row) => ({
          method: 'POST',
          path: pathOf(action.of ?? model.path, idOf(model, row), name),
          body: values,
        }));
      }}
      onProblem={take}
      onDone={({ body }) => {
        const value = (body as { readonly value?: unknown } | undefined)?.value;
        if (value !== undefined && value !== null)
          tell({ variant: 'warning', title: `${labelOf(name)} answers`, text: <code>{valueText(value)}</code> });
        onDone?.();
      }}
      onClose={onClose}
    >
      {asks && (
        <>
          {action.doc !== undefined && <p>{action.doc}</p>}
          <FieldsForm name={name} fields={parameters} inputs={inputs} onChange={setInputs} faults={faults} isNew />
        </>
      )}
    </ChangeDialog>
  );
}
