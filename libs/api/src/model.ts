import type { CommandMetadata, UnitOfWork } from '#kernel';
import type { CommandResult } from '#event-store';
import type { Key, ReadModel, View } from '#read-store';
import type { Caller } from './caller.ts';
import type { Field, Parameter } from './field.ts';

/** Values by field or parameter name, in the shapes of the inside: references are ids. */
export type Values = Readonly<Record<string, unknown>>;

/** What a handler knows about the call it serves. */
export interface Call {
  readonly caller: Caller;
  readonly metadata: CommandMetadata;
  /** The read models this call is answered from. */
  readonly view: View;
  /** When the call came in, ISO 8601 with microseconds. */
  readonly now: string;
  /** Carries out a unit of work; the call is answered when the read models show it. */
  execute<R>(task: (work: UnitOfWork) => Promise<R>): Promise<CommandResult<R>>;
}

/** Who may: anybody, anybody with a session, or who has been granted the permission (`Site.view_site`). */
export type Permission = 'anybody' | 'session' | { readonly grant: string };

/** What can be called on a model, or on one of its objects. */
export interface Action {
  /** Called on the model, not on an object. */
  readonly static?: boolean;
  readonly doc?: string;
  /** The faces it is shown on; those of its model unless said otherwise. */
  readonly protocols?: readonly Protocol[];
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Undefined: nothing. */
  readonly returns?: Parameter;
  readonly permission: Permission;
  readonly run: ActionRun;
}

/**
 * How an action is carried out: in the unit of work of the call (together with the same action on the other objects of
 * the call; it may run again, so it only reads and decides), or with a free hand.
 */
export type ActionRun =
  | { readonly within: (work: UnitOfWork, target: Key, parameters: Values, call: Call) => Promise<unknown> }
  | { readonly freely: (target: Key | undefined, parameters: Values, call: Call) => Promise<unknown> };

/** A way to list some of the objects: the values of the read model's indexes they must have; null: none matches. */
export interface Filter {
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly where: (parameters: Values) => Readonly<Record<string, string | number | null>> | null;
}

/** How an object is deleted: closed, looked at, deleted (see `deletion.ts`). */
export interface Deletion {
  /** Closes it, so that nobody new can refer to it. Refuses where it may not go. */
  readonly close: (work: UnitOfWork, key: Key, call: Call) => Promise<void>;
  /** Who still uses it, in words (`Foundation web1`); nobody: an empty list. */
  readonly users: (view: View, key: Key) => Promise<readonly string[]>;
  readonly reopen: (work: UnitOfWork, key: Key) => Promise<void>;
  /** Deletes it, and what goes with it. */
  readonly remove: (work: UnitOfWork, key: Key, view: View) => Promise<void>;
}

/** A face of the API. */
export type Protocol = 'cinp' | 'rest';

/** A model of the API, declared once; every face of the API is made from this. */
export interface Model<Row extends object = object> {
  /** `<Namespace>/<Name>`. */
  readonly path: string;
  readonly doc?: string;
  /** The faces it is shown on; all of them unless said otherwise. */
  readonly protocols?: readonly Protocol[];
  /** The model this one specialises; both address the same objects by the same ids. */
  readonly base?: string;
  /** The field that is the id; none for models without objects. */
  readonly idField?: string;
  readonly fields: Readonly<Record<string, Field>>;
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
  /** Which verbs it answers; those with objects are read unless said otherwise. */
  readonly readable?: boolean;
  /** Decides on a new object; gives back its id. Every field is there, with its default where it was left out. */
  readonly create?: (work: UnitOfWork, values: Values, call: Call) => Promise<Key>;
  /** Decides on changes; only the fields that were given are there. */
  readonly update?: (work: UnitOfWork, key: Key, values: Values, call: Call) => Promise<void>;
  readonly deletion?: Deletion;
  readonly filters?: Readonly<Record<string, Filter>>;
  readonly actions?: Readonly<Record<string, Action>>;
  /** Permissions other than `<Namespace>.view_/add_/change_/delete_<model>`. */
  readonly permissions?: Partial<Readonly<Record<'view' | 'add' | 'change' | 'delete', Permission>>>;
}

/** What a room adds to a model of a room below it. */
export interface Extension {
  readonly model: string;
  readonly fields?: Readonly<Record<string, Field>>;
  /** Values of the added fields. */
  readonly complete?: (row: object, key: Key, call: Pick<Call, 'view'>) => Promise<Values>;
  readonly filters?: Readonly<Record<string, Filter>>;
  readonly actions?: Readonly<Record<string, Action>>;
  /** Who of the adding room still uses an object, in words (`Foundation web1`). */
  readonly users?: (view: View, key: Key) => Promise<readonly string[]>;
}
