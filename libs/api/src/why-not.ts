import type { Json } from '#kernel';
import { IntegralFloat } from '#kernel';
import type { Field } from './field.ts';

/**
 * Why a value that people wrote is none for a field, in words that stand behind its name; undefined: it is one. References
 * are told by names, and whether there is such an object is looked at elsewhere.
 */
export function whyNot({ type, list, mode }: Field, value: Json): string | undefined {
  if (mode === 'RO') return 'cannot be set';
  if (value === null) return undefined;
  if (list) {
    if (!Array.isArray(value)) return 'must be a list';
    return (value as readonly Json[])
      .map((one) => (one === null ? 'may hold no null' : whyNot({ type, mode, required: false }, one)))
      .find(Boolean);
  }
  return whyNotOne(type, value);
}

function whyNotOne(type: Field['type'], value: Exclude<Json, null>): string | undefined {
  switch (type.kind) {
    case 'String':
      if (typeof value !== 'string') return 'must be a text';
      if (type.length !== undefined && Array.from(value).length > type.length) {
        return `is longer than ${type.length} characters`;
      }
      return undefined;
    case 'DateTime':
      return typeof value === 'string' ? undefined : 'must be a text';
    case 'Model':
      return typeof value === 'string' ? undefined : 'must be a name';
    case 'Integer':
      return Number.isSafeInteger(value) ? undefined : 'must be a whole number';
    case 'Float':
      return typeof value === 'number' || IntegralFloat.is(value) ? undefined : 'must be a number';
    case 'Boolean':
      return typeof value === 'boolean' ? undefined : 'must be true or false';
    default:
      return typeof value === 'object' && !Array.isArray(value) && !IntegralFloat.is(value)
        ? undefined
        : 'must be a table';
  }
}
