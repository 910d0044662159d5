import type { Action, Catalogue, Model } from '#api';
import { answers } from '#api';
import { PROBLEMS } from './problem.ts';
import type { ProblemName } from './problem.ts';
import { DOCUMENT, PROBLEMS_AT } from './paths.ts';

/** What can be done with what stands at a path; the methods are those of HTTP. */
export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** What stands at a path. */
export type Route =
  | { readonly kind: 'document'; readonly namespace?: string }
  | { readonly kind: 'problem'; readonly name: ProblemName }
  | { readonly kind: 'model'; readonly model: Model }
  | { readonly kind: 'object'; readonly model: Model; readonly id: string }
  | { readonly kind: 'static'; readonly model: Model; readonly name: string; readonly action: Action }
  /** An action of a model that is read like a document. */
  | { readonly kind: 'page'; readonly model: Model; readonly name: string; readonly action: Action }
  | {
      readonly kind: 'action';
      readonly model: Model;
      readonly id: string;
      readonly name: string;
      readonly action: Action;
    }
  | { readonly kind: 'history'; readonly model: Model; readonly id: string }
  | { readonly kind: 'list-diff'; readonly model: Model }
  | { readonly kind: 'object-diff'; readonly model: Model; readonly id: string }
  | {
      readonly kind: 'action-diff';
      readonly model: Model;
      /** Undefined: the action is one of the model itself. */
      readonly id: string | undefined;
      readonly action: Action;
    };

/** The first word of paths that tell what is different, between two moments, in what stands at the rest of the path. */
const DIFF = 'diff';
/** The last word of paths that tell what happened to an object. */
const HISTORY = 'history';

/** A place that is behind the session: objects, or an action. */
export type Served = Exclude<Route, { readonly kind: 'document' | 'problem' }>;

type Kind = Route['kind'];
type Verb = Parameters<typeof answers>[1];

/** Which verb of a model each method on it, or on its objects, is. */
export const VERBS = {
  history: { GET: 'view' },
  'list-diff': { GET: 'view' },
  'object-diff': { GET: 'view' },
  model: { GET: 'view', POST: 'add' },
  object: { GET: 'view', PATCH: 'change', DELETE: 'delete' },
} as const satisfies Readonly<Record<string, Readonly<Partial<Record<Method, Verb>>>>>;

const answered = (verbs: Readonly<Record<string, Verb>>, model: Model): Method[] =>
  Object.entries(verbs)
    .filter(([, verb]) => answers(model, verb))
    .map(([method]) => method as Method);

/** Whether single objects can be looked at as of the past. */
const isKnownOfPast = ({ rows }: Model): boolean => rows !== undefined && (rows.history || rows.stream !== undefined);

const METHODS: { readonly [K in Kind]: (place: Extract<Route, { kind: K }>) => readonly Method[] } = {
  document: () => ['GET'],
  problem: () => ['GET'],
  model: ({ model }) => answered(VERBS.model, model),
  object: ({ model }) => answered(VERBS.object, model),
  static: () => ['POST'],
  page: () => ['GET'],
  action: () => ['POST'],
  history: ({ model }) => (isKnownOfPast(model) ? answered(VERBS.history, model) : []),
  'list-diff': ({ model }) => (model.rows?.history === true ? answered(VERBS['list-diff'], model) : []),
  'object-diff': ({ model }) => (isKnownOfPast(model) ? answered(VERBS['object-diff'], model) : []),
  'action-diff': ({ action }) => (action.asOf ? ['POST'] : []),
};

/** The methods a place answers. */
export const methodsOf = (place: Route): readonly Method[] => METHODS[place.kind](place as never);

/**
 * What stands at a path, by the catalogue: at most two things, where an object might be called like an action of its
 * model; they answer different methods.
 */
export function placesAt(catalogue: Catalogue, segments: readonly string[]): readonly Route[] {
  return everythingAt(catalogue, segments).filter((place) => methodsOf(place).length > 0);
}

function everythingAt(catalogue: Catalogue, segments: readonly string[]): Route[] {
  const page = pagesOf(catalogue).get(segments.join('/'));
  if (page) return [page];
  const [first = '', second = '', third, fourth, ...rest] = segments;
  if (first === DIFF) return everythingAt(catalogue, segments.slice(1)).flatMap(differenceIn);
  if (segments.length === 1) return first === DOCUMENT ? [{ kind: 'document' }] : [];
  if (segments.length === 2 && first === PROBLEMS_AT)
    return isProblem(second) ? [{ kind: 'problem', name: second }] : [];
  if (segments.length === 2 && second === DOCUMENT) {
    return catalogue.namespace(first) ? [{ kind: 'document', namespace: first }] : [];
  }
  const model = catalogue.model(`${first}/${second}`);
  if (!model || rest.length > 0) return [];
  if (third === undefined) return [{ kind: 'model', model }];
  if (third === '') return [];
  if (fourth !== undefined) {
    const action = actionOf(model, fourth);
    return [
      ...(fourth === HISTORY ? [{ kind: 'history', model, id: third } as const] : []),
      ...(action && !action.static ? [{ kind: 'action', model, id: third, name: fourth, action } as const] : []),
    ];
  }
  const action = actionOf(model, third);
  return [
    { kind: 'object', model, id: third },
    ...(action?.static ? [{ kind: 'static', model, name: third, action } as const] : []),
  ];
}

/** What is different in what stands at a path; nothing stands there unless that can be asked as of the past. */
function differenceIn(place: Route): Route[] {
  switch (place.kind) {
    case 'model':
      return [{ kind: 'list-diff', model: place.model }];
    case 'object':
      return [{ kind: 'object-diff', model: place.model, id: place.id }];
    case 'static':
    case 'action': {
      const { model, action } = place;
      return [{ kind: 'action-diff', model, id: place.kind === 'action' ? place.id : undefined, action }];
    }
    default:
      return [];
  }
}

const pages = new WeakMap<Catalogue, ReadonlyMap<string, Route>>();

/** What is read like a document, by its path. */
function pagesOf(catalogue: Catalogue): ReadonlyMap<string, Route> {
  const known = pages.get(catalogue);
  if (known) return known;
  const made = new Map(
    catalogue.models.flatMap((model) =>
      Object.entries(model.actions ?? {}).flatMap(([name, action]): [string, Route][] =>
        action.page === undefined ? [] : [[action.page, { kind: 'page', model, name, action }]],
      ),
    ),
  );
  pages.set(catalogue, made);
  return made;
}

const isProblem = (name: string): name is ProblemName => Object.hasOwn(PROBLEMS, name);

const actionOf = ({ actions = {} }: Model, name: string): Action | undefined =>
  Object.hasOwn(actions, name) ? actions[name] : undefined;
