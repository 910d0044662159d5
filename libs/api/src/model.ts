import type { Caller, UnitOfWork } from '#kernel';
import type { NamedCommand } from '#event-store';
import type { Key, ReadModel, View, Where } from '#read-store';
import type { ChangedValues, Field, Fields, NewValues, Parameter, Parameters, ValuesOf, Protocol } from './field.ts';

/** Values by field or parameter name, in the shapes of the inside: references are ids. */
export type Values = Readonly<Record<string, unknown>>;

/** What a declaration knows about the call it serves. */
export interface Call {
  readonly caller: Caller;
  /** The read models this call is answered from. */
  readonly view: View;
  /** When the call came in, ISO 8601 with microseconds. */
  readonly now: string;
}

export type { Protocol };

/** Who may: anybody, anybody with a session, or who has been granted the permission (`Site.view_site`). */
export type Permission = 'anybody' | 'session' | { readonly grant: string };

/**
 * Where the objects of a model are, for services that are bound to sites: each at the site which an index of the rows
 * holds, or where the object of another model is whose id it holds (`of`, its path); each a site itself; or nowhere, so
 * that services may see them and not change them.
 */
export type Sites = { readonly index: string; readonly of?: string } | 'itself' | 'none';

/** The objects of a model have owners, who are found by an index; those of others take these permissions. */
export interface Owned {
  readonly index: string;
  readonly others: Readonly<Record<'view' | 'delete', { readonly grant: string }>>;
}

/** A site and the modules in question there. */
export interface Place {
  readonly site: string;
  readonly modules: readonly string[];
}

/** What can be called on a model, or on one of its objects. */
export interface Action {
  /** Called on the model, not on an object. */
  readonly static?: boolean;
  readonly doc?: string;
  /** The protocols it is shown on; those of its model unless said otherwise. */
  readonly protocols?: readonly Protocol[];
  readonly parameters: Parameters;
  /** Undefined: nothing. */
  readonly returns?: Parameter;
  readonly permission: Permission;
  /** Whether a session the call comes with is not looked at, so that a stale one is no hindrance to a new one. */
  readonly ignoresSession?: boolean;
  /** Whether it may be called on objects that are gone: what is answered then, its command says. */
  readonly mayBeGone?: boolean;
  /**
   * Parameters for which any JSON is taken, by name: what the action makes of it before anything is looked at, also of a
   * value of the wrong type, one that cannot be used as it is, or one that makes the body too large, with why.
   */
  readonly reads?: Readonly<Record<string, (value: unknown, tooLarge: string | undefined) => unknown>>;
  /** Whether it may be asked as of the past (REST: `?at=`): it then looks at nothing but the view it is given. */
  readonly asOf?: boolean;
  /**
   * Where REST answers it to GET too (`search`, behind the root of REST): parameters stand in the query, and its value is
   * the whole body, with a tag. Only for queries on the model itself.
   */
  readonly page?: string;
  /** Another form of its value on CInP, where old clients know that one. */
  readonly onCinp?: { readonly returns: Parameter; readonly answer: (value: unknown) => unknown };
  /**
   * For actions on the model itself, where a service has to be trusted to call it: at the place that the parameters lead
   * to (undefined: there is none), or nowhere in particular. Left out: at the site among the parameters, and without one
   * services that are bound to sites may not call it.
   */
  readonly sites?: 'none' | ((parameters: Values, view: View) => Promise<Place | undefined>);
  /** What REST says beside the value, in words, of a call that has had this one; undefined: nothing. */
  readonly note?: (value: unknown, view: View) => Promise<string | undefined>;
  readonly run: ActionRun;
}

/**
 * How an action is carried out: as a command (together with those for the other objects of the call, all or none), or as
 * a query, which changes nothing.
 */
export type ActionRun =
  | {
      readonly command: (target: Key | undefined, parameters: Values, call: Call) => NamedCommand<unknown>;
      /** What is answered when the read models show the change; the result of the command unless said otherwise. */
      readonly answer?: (target: Key | undefined, call: Call) => Promise<unknown>;
    }
  | { readonly query: (target: Key | undefined, parameters: Values, call: Call) => Promise<unknown> };

type Declared<P extends Parameters> = Omit<Action, 'parameters' | 'run' | 'static'> & { readonly parameters: P };

type RunsOn<P extends Parameters, T> =
  | {
      readonly command: (target: T, parameters: ValuesOf<P>, call: Call) => NamedCommand<unknown>;
      readonly answer?: (target: T, call: Call) => Promise<unknown>;
    }
  | { readonly query: (target: T, parameters: ValuesOf<P>, call: Call) => Promise<unknown> };

/** Declares an action on objects; `target` is the id of one. */
export const action = <const P extends Parameters>(declared: Declared<P> & RunsOn<P, Key>): Action =>
  asAction(declared);

/** Declares an action on the model itself. */
export const staticAction = <const P extends Parameters>(
  declared: Declared<P> &
    (
      | { readonly command: (parameters: ValuesOf<P>, call: Call) => NamedCommand<unknown> }
      | { readonly query: (parameters: ValuesOf<P>, call: Call) => Promise<unknown> }
    ),
): Action => {
  const run =
    'command' in declared
      ? { command: (_: unknown, parameters: ValuesOf<P>, call: Call) => declared.command(parameters, call) }
      : { query: (_: unknown, parameters: ValuesOf<P>, call: Call) => declared.query(parameters, call) };
  return { ...asAction({ ...declared, ...run }), static: true };
};

function asAction<P extends Parameters>(declared: Declared<P> & RunsOn<P, Key>): Action {
  const { doc, protocols, parameters, returns, permission, sites, note, asOf, page, onCinp } = declared;
  const { ignoresSession, mayBeGone, reads } = declared;
  const run =
    'command' in declared
      ? { command: declared.command, ...(declared.answer ? { answer: declared.answer } : {}) }
      : { query: declared.query };
  return {
    ...(doc === undefined ? {} : { doc }),
    ...(protocols === undefined ? {} : { protocols }),
    parameters,
    ...(returns === undefined ? {} : { returns }),
    permission,
    ...(ignoresSession === undefined ? {} : { ignoresSession }),
    ...(mayBeGone === undefined ? {} : { mayBeGone }),
    ...(reads === undefined ? {} : { reads }),
    ...(asOf === undefined ? {} : { asOf }),
    ...(page === undefined ? {} : { page }),
    ...(onCinp === undefined ? {} : { onCinp }),
    ...(sites === undefined ? {} : { sites }),
    ...(note === undefined ? {} : { note }),
    run: run as unknown as ActionRun,
  };
}

/**
 * A way to list some of the objects: the conditions on the read model's indexes and tags they must fulfil; null: none
 * matches. What has to be looked up for that is looked up in the view the list is taken of.
 */
export interface Filter {
  /** The protocols it is shown on; those of its model unless said otherwise. */
  readonly protocols?: readonly Protocol[];
  readonly doc?: string;
  readonly parameters: Parameters;
  readonly where: (parameters: Values, view: View) => Where | null | Promise<Where | null>;
}

/** How objects are deleted. */
export interface Deletion {
  /** The command that deletes these, all or none. */
  readonly command: (keys: readonly Key[]) => NamedCommand;
  /** Who still uses one, in words (`Foundation web1`); other modules add to this by extensions. */
  readonly users?: (view: View, key: Key) => Promise<readonly string[]>;
  /** What lets go of one that is deleted, in the same append; other modules add to this by extensions. */
  readonly release?: Release;
}

/** Changes what refers to an object that is deleted; it has been closed, and nobody new refers to it. */
export type Release = (work: UnitOfWork, view: View, key: Key) => Promise<void>;

/** A model of the API, declared once; every protocol of the API is made from this. */
export interface Model<Row extends object = object> {
  /** `<Namespace>/<Name>`. */
  readonly path: string;
  readonly doc?: string;
  /** The protocols it is shown on; all of them unless said otherwise. */
  readonly protocols?: readonly Protocol[];
  /** The model this one specialises; both address the same objects by the same ids. */
  readonly base?: string;
  /** The field that is the id; none for models without objects. */
  readonly idField?: string;
  /** What the id in a request stands for, where an object is known by another one inside than outside. */
  keyOf?(id: string): Promise<string>;
  readonly fields: Fields;
  readonly constants?: Readonly<Record<string, string>>;
  /** Where its objects are read from; none for models without objects. */
  readonly rows?: ReadModel<Row>;
  /** Values of the read model's indexes its objects have, where it is one kind of many in those rows. */
  readonly kind?: Readonly<Record<string, string>>;
  /**
   * The fields of an object that its row tells, in the shapes of the inside; the row itself where this is left out. It
   * may rest on nothing else: what is made of it is kept as long as the row is. A method type, so that models of
   * different rows fit in one list.
   */
  present?(row: Row, key: Key): Values;
  /** The fields that have to be worked out from other rows. */
  complete?(row: Row, key: Key, call: Pick<Call, 'view'>): Promise<Values>;
  /** Where its objects are; left out: services that are bound to sites have nothing to do with them. */
  readonly sites?: Sites;
  /**
   * Where everybody may look at, and delete, what is theirs: the index that holds the name of the owner, and what the same
   * takes of others. What is left out everybody may do with all of them.
   */
  readonly owned?: Owned;
  /** Which verbs it answers; those with objects are read unless said otherwise. */
  readonly readable?: boolean;
  /** The command for a new object; it results in the id. Every field is there, with its default where it was left out. */
  create?(values: Values, call: Call): NamedCommand<Key>;
  /** Fields that are told in the answer to a creation alone, by the command when it was carried out: a key that is shown once. */
  toldOnce?(command: NamedCommand<Key>): Values;
  /** The command for changes of one object; only the fields that were given are there. */
  update?(key: Key, values: Values, call: Call): NamedCommand;
  readonly deletion?: Deletion;
  readonly filters?: Readonly<Record<string, Filter>>;
  readonly actions?: Readonly<Record<string, Action>>;
  /** Permissions other than `<Namespace>.view_/add_/change_/delete_<model>`. */
  readonly permissions?: Partial<Readonly<Record<'view' | 'add' | 'change' | 'delete', Permission>>>;
}

/** Declares a model whose commands get values of the types its fields declare. */
export const defineModel = <Row extends object, const F extends Fields>(
  model: Omit<Model<Row>, 'fields' | 'create' | 'update'> & {
    readonly fields: F;
    readonly create?: (values: NewValues<F>, call: Call) => NamedCommand<Key>;
    readonly update?: (key: Key, values: ChangedValues<F>, call: Call) => NamedCommand;
  },
): Model<Row> => model;

/** What a module adds to a model of a module below it. */
export interface Extension {
  readonly model: string;
  readonly fields?: Readonly<Record<string, Field>>;
  /** Values of the added fields. */
  readonly complete?: (row: object, key: Key, call: Pick<Call, 'view'>) => Promise<Values>;
  readonly filters?: Readonly<Record<string, Filter>>;
  readonly actions?: Readonly<Record<string, Action>>;
  /** Who of the adding module still uses an object, in words (`Foundation web1`). */
  readonly users?: (view: View, key: Key) => Promise<readonly string[]>;
  /** What of the adding module lets go of an object that is deleted, in the same append. */
  readonly release?: Release;
}
