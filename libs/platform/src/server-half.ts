import type { Field } from '#api';
import type { JsonMap } from '#kernel';
import type { HostFunction } from '#tscript';

/** A kind of foundation, as its platform declares it. */
export interface FoundationType {
  /** Type text (`Manual`, `VCenter`), listed by the blueprints that fit. */
  readonly type: string;
  /** Path of its model (`Manual/ManualFoundation`). */
  readonly model: string;
  readonly doc: string;
  /** Generic classes (`Metal`, `VM`, `Container`, `Switch`, `PDU`) and its own. */
  readonly classes: readonly string[];
  /** How it becomes located: when somebody wants to build it, once its complex is built, or by survey. */
  readonly locates: 'by-itself' | 'with-complex' | 'by-survey';
  /** What its console is called in configurations; `console` unless said otherwise. */
  readonly console?: string;
  /**
   * How a foundation is reached out of band, of its own fields, in which secrets are references: the answer files of its
   * installer see it as `__connection_paramaters`. Not given: it is not.
   */
  readonly connection?: (own: JsonMap) => JsonMap;
  /** Whether it shares the network of what carries it: it is never given an address of a block (`nextAddress` gives none). */
  readonly sharesNetwork?: boolean;
  /** The field that names the complex it is carried by. */
  readonly complexField?: string;
  /** Fields besides those of every foundation. */
  readonly fields: Readonly<Record<string, Field>>;
  /** What scripts can call on it (`foundation.power_on()`); sent to the agent under the platform's name. */
  readonly functions: Readonly<Record<string, HostFunction>>;
}

/** A kind of complex, as its platform declares it. */
export interface ComplexType {
  /** Type text (`Test`). */
  readonly type: string;
  /** Path of its model (`Test/TestComplex`). */
  readonly model: string;
  readonly doc: string;
  /** Fields besides those of every complex. */
  readonly fields: Readonly<Record<string, Field>>;
  /** The foundations it carries: their type, which names the complex in its `complexField`, and their blueprint. */
  readonly carries: { readonly type: string; readonly blueprint: string };
}

/** The server half of a platform: what it adds to the API, and what scripts can call. */
export interface ServerHalf {
  /** Name of the agent module. */
  readonly name: string;
  readonly foundationTypes: readonly FoundationType[];
  readonly complexTypes?: readonly ComplexType[];
  /** Functions of the script module of the same name (`iputils.ping()`). */
  readonly functions: Readonly<Record<string, HostFunction>>;
}

/** Injection token of the server halves of all platforms (`readonly ServerHalf[]`). */
export const PLATFORMS = Symbol('Platforms');
