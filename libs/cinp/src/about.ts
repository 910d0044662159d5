import type { Catalogue } from '#api';
import type { Answer } from './answer.ts';
import { describeAction, describeModel, describeNamespace, describeRoot } from './describe.ts';
import type { Target } from './target.ts';

type Kind = Target['kind'];

const DESCRIBE: { readonly [K in Kind]: (target: Extract<Target, { kind: K }>, catalogue: Catalogue) => unknown } = {
  root: (_, catalogue) => describeRoot(catalogue),
  namespace: ({ namespace }) => describeNamespace(namespace),
  model: ({ model }) => describeModel(model),
  action: ({ model, name, action }) => describeAction(model.path, name, action),
};

const TYPES: Readonly<Record<Kind, string>> = {
  root: 'Namespace',
  namespace: 'Namespace',
  model: 'Model',
  action: 'Action',
};

/** The answer to DESCRIBE. */
export const described = (target: Target, catalogue: Catalogue): Answer => ({
  status: 200,
  headers: { Verb: 'DESCRIBE', Type: TYPES[target.kind], 'Cache-Control': 'max-age=0' },
  body: DESCRIBE[target.kind](target as never, catalogue),
});

const VERBS: Readonly<Record<Kind, string>> = {
  root: 'OPTIONS, DESCRIBE',
  namespace: 'OPTIONS, DESCRIBE',
  model: 'OPTIONS, DESCRIBE, GET, LIST, CREATE, UPDATE, DELETE',
  action: 'OPTIONS, DESCRIBE, CALL',
};

/** The answer to OPTIONS. */
export function allowed({ kind }: Target): Answer {
  const Allow = VERBS[kind];
  return {
    status: 200,
    headers: {
      Allow,
      ...(TYPES[kind] === 'Namespace' ? { 'Cache-Control': 'max-age=0' } : {}),
    },
  };
}
