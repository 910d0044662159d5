import { TextInput } from '@patternfly/react-core';
import { mayUse, useSession } from '../api/session.ts';
import { useWholeList } from '../list/use-whole-list.ts';
import { findModel, idOf } from '../model/models.ts';
import { objectName } from '../model/object-name.ts';

interface ReferenceInputProps {
  readonly id: string;
  readonly model: string;
  readonly value: string;
  readonly isWrong: boolean;
  readonly onChange: (value: string) => void;
}

/** How many are offered at most, of those that have what was typed. */
const MAX_OFFERED = 100;

/** The id of an object of a model, chosen among those there are, or typed. */
export function ReferenceInput({ id, model: path, value, isWrong, onChange }: ReferenceInputProps) {
  const session = useSession();
  const model = findModel(path);
  const may = model?.can.list !== undefined && mayUse(session, model.can.list);
  const { rows } = useWholeList(path, {}, may);
  const wanted = value.toLowerCase();
  const offered = model
    ? rows
        .filter((row) => `${idOf(model, row)}\n${objectName(row)}`.toLowerCase().includes(wanted))
        .slice(0, MAX_OFFERED)
    : [];
  return (
    <>
      <TextInput
        id={id}
        value={value}
        validated={isWrong ? 'error' : 'default'}
        list={`${id}-list`}
        autoComplete="off"
        aria-describedby={`${id}-help`}
        onChange={(_, next) => onChange(next)}
      />
      <datalist id={`${id}-list`}>
        {model &&
          offered.map((row) => (
            <option key={idOf(model, row)} value={String(idOf(model, row))}>
              {objectName(row)}
            </option>
          ))}
      </datalist>
    </>
  );
}
