import { useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import { pathOf } from '../api/request.ts';
import { nounOf } from '../model/labels.ts';
import { familyOf } from '../model/models.ts';
import { objectPath } from '../model/places.ts';
import type { Field, Model, Row } from '../model/types.ts';
import { ChangeDialog } from './change-dialog.tsx';
import { FieldsForm } from './fields-form.tsx';
import { inputsOf, readForm } from './form-values.ts';
import { tellOnce } from './tell-once.tsx';
import { useFaults } from './use-faults.ts';

interface CreateDialogProps {
  readonly model: Model;
  /** An object that the new one is to be like. */
  readonly like?: Row;
  /** What it has, unless something else is given. */
  readonly preset?: Row;
  readonly onClose: () => void;
}

/** The fields a new object is made of, those that must be given first. */
function newFields({ fields }: Model): Readonly<Record<string, Field>> {
  const given = Object.entries(fields).filter(([, { create }]) => create !== undefined);
  return Object.fromEntries([
    ...given.filter(([, { create }]) => create === 'required'),
    ...given.filter(([, { create }]) => create !== 'required'),
  ]);
}

/** Makes an object of a model: like another one, or from nothing. */
export function CreateDialog({ model, like, preset = {}, onClose }: CreateDialogProps) {
  const navigate = useNavigate();
  const fields = useMemo(() => newFields(model), [model]);
  const [inputs, setInputs] = useState(() => {
    const begun = inputsOf(fields, like ?? undefined);
    const id = model.id ?? '';
    const own = Object.fromEntries(Object.entries(inputsOf(fields, preset)).filter(([name]) => name in preset));
    return { ...begun, ...own, ...(like && id in fields ? { [id]: '' } : {}) };
  });
  const { faults, note, take } = useFaults(fields);
  const noun = nounOf(model.path);
  return (
    <ChangeDialog
      title={like ? `Clone ${noun.toLowerCase()}` : `New ${noun.toLowerCase()}`}
      verb="Create"
      requests={() => {
        const { values, flaws } = readForm(fields, inputs);
        return note(flaws) ? [{ method: 'POST', path: pathOf(model.path), body: values }] : undefined;
      }}
      onProblem={take}
      onDone={({ body }, report) => {
        tellOnce(model.path, body);
        const made = report?.objects.find(
          ({ change, model: path }) => change === 'created' && familyOf(path) === familyOf(model.path),
        );
        const id = made?.id ?? (body as Row | undefined)?.[model.id ?? 'id'];
        if (id !== undefined && id !== null) void navigate(objectPath(model.path, id as string | number));
      }}
      onClose={onClose}
    >
      <FieldsForm name={`new-${noun}`} fields={fields} inputs={inputs} onChange={setInputs} faults={faults} isNew />
    </ChangeDialog>
  );
}
