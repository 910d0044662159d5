import { Link } from 'react-router';
import { inWords } from '../model/labels.ts';
import { idOf, mostSpecial } from '../model/models.ts';
import { objectPath } from '../model/places.ts';
import type { Field, Model, Row } from '../model/types.ts';
import { ValueView } from '../model/value-view.tsx';
import type { Column } from './column.ts';

/** Fields with few different values. */
const FACETS = new Set(['state', 'type', 'site', 'blueprint', 'script_name', 'parent', 'zone', 'kind']);

const isFacet = (name: string, { type, list, choices }: Field): boolean =>
  list !== true && (FACETS.has(name) || choices !== undefined || type === 'boolean');

const isNarrow = (name: string, { type, list }: Field): boolean =>
  list !== true && (name === 'state' || ['time', 'integer', 'number', 'boolean'].includes(type));

/** The columns of a model: one for each of its fields, the id first, as a link to the object. */
export function columnsOf(model: Model): readonly Column[] {
  const id = model.id ?? 'id';
  const names = [id, ...Object.keys(model.fields).filter((name) => name !== id)];
  return names.flatMap((name) => {
    const field = model.fields[name];
    return field ? [columnOf(model, name, field, name === id)] : [];
  });
}

/** The column of one field. */
export function columnOf(model: Model, name: string, field: Field, isId = false): Column {
  const width = isNarrow(name, field) ? 'narrow' : field.type === 'map' ? 'wide' : undefined;
  return {
    id: name,
    label: inWords(name),
    value: (row) => row[name],
    view: (row) =>
      isId ? <ObjectLink model={model} row={row} /> : <ValueView name={name} of={field} value={row[name]} short />,
    ...(width === undefined ? {} : { width }),
    ...(isFacet(name, field) ? { isFacet: true } : {}),
  };
}

/** A link to an object, by its id. */
function ObjectLink({ model, row }: { readonly model: Model; readonly row: Row }) {
  const id = idOf(model, row);
  if (model.can.show === undefined && mostSpecial(model, row).can.show === undefined) return String(id);
  return <Link to={objectPath(model.path, id)}>{String(id)}</Link>;
}
