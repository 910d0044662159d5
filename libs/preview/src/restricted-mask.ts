import type { Catalogue } from '#api';
import { may, restrictedFields } from '#api';
import type { Caller, Json, JsonMap } from '#kernel';
import { MASK } from '#kernel';

const camelCase = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

const isMap = (value: Json): value is JsonMap => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Masks what takes a permission of its own to be seen of objects, in whatever tells of them, unless the caller has it. */
export function restrictedMask(catalogue: Pick<Catalogue, 'models'>, caller: Caller): (value: Json) => Json {
  const fields = catalogue.models.flatMap(restrictedFields).filter(({ shownTo }) => !may(caller, shownTo));
  const names = new Set(fields.flatMap(({ name }) => [name, camelCase(name)]));
  // Documents have them as `_structure_config_uuid`.
  const endings = [...names].map((name) => `_${name}`);
  const isHidden = (key: string): boolean => names.has(key) || endings.some((ending) => key.endsWith(ending));
  const hidden = (value: Json): Json => {
    if (value === null) return null;
    return isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hidden(inner)])) : MASK;
  };
  const masked = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(masked);
    if (!isMap(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, isHidden(key) ? hidden(inner) : masked(inner)]),
    );
  };
  return names.size === 0 ? (value) => value : masked;
}
