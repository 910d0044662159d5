import type { Action, Catalogue, Model, Namespace } from '#api';
import type { Uri } from './uri.ts';

/** What a URI leads to. */
export type Target =
  | { readonly kind: 'root' }
  | { readonly kind: 'namespace'; readonly namespace: Namespace }
  | { readonly kind: 'model'; readonly model: Model }
  | { readonly kind: 'action'; readonly model: Model; readonly name: string; readonly action: Action };

/** Follows a URI through the catalogue; undefined where it leads nowhere. */
export function find(catalogue: Catalogue, { path, action: name }: Uri): Target | undefined {
  const [first, ...rest] = path;
  if (rest.length === 0 && name !== undefined) return undefined;
  if (first === undefined) return { kind: 'root' };
  if (rest.length === 0) {
    const namespace = catalogue.namespace(first);
    return namespace && { kind: 'namespace', namespace };
  }
  const model = catalogue.model(path.join('/'));
  if (!model || name === undefined) return model && { kind: 'model', model };
  const action = Object.hasOwn(model.actions ?? {}, name) ? model.actions?.[name] : undefined;
  return action && { kind: 'action', model, name, action };
}
