import type { Model, Row } from './types.ts';
import { isBlank, valueText } from './value-text.ts';

/** Fields that hold what people know an object by, the better ones first. */
const NAMES = ['hostname', 'name', 'ip_address', 'description'];

/** What people know an object by, beside its id; `''` where it has nothing of the kind. */
export const objectName = (row: Row): string =>
  valueText(NAMES.map((name) => row[name]).find((value) => !isBlank(value)));

/** Whether ids of a model are numbers, which tell nobody anything, and its objects have names. */
export const isKnownByName = ({ id, fields }: Model): boolean =>
  fields[id ?? 'id']?.type === 'integer' && NAMES.some((name) => fields[name]?.type === 'string');
