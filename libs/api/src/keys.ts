import type { Key } from '#read-store';
import type { Catalogue } from './catalogue.ts';

/** The id of an object of a model from its text; undefined where no object of the model can have it. */
export function toKey(catalogue: Catalogue, model: string, id: string): Key | undefined {
  if (keyKind(catalogue, model) === 'text') return id === '' ? undefined : id;
  const number = /^(0|[1-9]\d*)$/.test(id) ? Number(id) : NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Whether ids are numbers or text. Models that address the same objects agree, whichever of them says so. */
export function keyKind(catalogue: Catalogue, path: string): 'integer' | 'text' {
  const own = catalogue.model(path)?.rows?.key;
  if (own) return own;
  const family = catalogue.family(path);
  return catalogue.models.find((model) => model.rows && catalogue.family(model.path) === family)?.rows?.key ?? 'text';
}
