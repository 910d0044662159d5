/** What a value of the API is, in the few words that matter to a page. */
export interface Value {
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'time' | 'map' | 'reference';
  /** The model whose ids these are, of a reference. */
  readonly model?: string;
  /** Whether ids of that model are numbers. */
  readonly numeric?: boolean;
  readonly list?: boolean;
  readonly nullable?: boolean;
  readonly choices?: readonly string[];
  /** Values that are usual; others are taken, too. */
  readonly suggestions?: readonly string[];
  /** The most characters. */
  readonly max?: number;
  readonly doc?: string;
  readonly default?: unknown;
}

/** A field of a model, or a parameter of an action: `create` says whether it is given at creation, `change` whether later. */
export interface Field extends Value {
  readonly create?: 'required' | 'optional';
  readonly change?: boolean;
}

/** Something that can be called on a model, or on one of its objects. */
export interface Action {
  readonly static?: boolean;
  /** Path of the model it is called on, where that is not the one it is shown with. */
  readonly of?: string;
  /** Whether it only looks. */
  readonly query?: boolean;
  /** Whether it can be asked as of the past. */
  readonly asOf?: boolean;
  /** Whether it can be asked what it would do. */
  readonly preview?: boolean;
  readonly permission: string;
  readonly doc?: string;
  readonly parameters: Readonly<Record<string, Field>>;
  readonly returns?: Value;
}

/** What can be done with the objects of a model, each with the permission it takes. */
export type Can = Partial<Readonly<Record<'list' | 'show' | 'create' | 'change' | 'delete' | 'history', string>>>;

/** A model of the API as the pages know it; made of the OpenAPI document when the pages are built. */
export interface Model {
  /** `Site/Site`. */
  readonly path: string;
  readonly doc?: string;
  /** The model this one specialises: both know the same objects by the same ids. */
  readonly base?: string;
  /** Values that objects have which are of this kind among those of the base model. */
  readonly kind?: Readonly<Record<string, string>>;
  /** The field that is the id. */
  readonly id?: string;
  readonly fields: Readonly<Record<string, Field>>;
  readonly can: Can;
  readonly filters: Readonly<Record<string, Readonly<Record<string, Value>>>>;
  readonly actions: Readonly<Record<string, Action>>;
}

/** An object of the API: its fields by name. */
export type Row = Readonly<Record<string, unknown>>;
