import type { Field } from '#api';
import type { Json, JsonMap } from '#kernel';
import type { HostFunction } from '#tscript';

/** What is known of a foundation when a script reads a value that its platform works out. */
export interface KnownFoundation {
  readonly locator: string;
  /** The fields of its platform, in which secrets are references. */
  readonly own: JsonMap;
  /**
   * A value of the configuration of the structure that stands on it, rendered; a secret is a reference; undefined where there
   * is no such value.
   * @throws ExecutionError where no structure stands on it, or the value can not be rendered
   */
  structureValue(name: string): Json | undefined;
}

/** The field of those with a management processor that names the block which its address is of. */
export const BMC_BLOCK = 'bmc_block';

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
  /** What its console is called in configurations, of its own fields; `console` unless said otherwise. */
  readonly console?: (own: JsonMap) => string;
  /**
   * How a foundation is reached out of band, of its own fields, in which secrets are references: functions read it as
   * `foundation.connection`, and the answer files of its installer as `__connection_paramaters`. Not given: it is not.
   */
  readonly connection?: (own: JsonMap) => JsonMap;
  /**
   * The field with the address of its management processor; with a field called `bmc_block`, that may be an address of a
   * block. Not given: it has none.
   */
  readonly bmcAddress?: string;
  /**
   * The configuration values that declare settings of its machines, by the parameters of the task `settings` of its platform,
   * which compares them. Each is a map; not given: there is nothing to compare.
   */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether it shares the network of what carries it: it is never given an address of a block (`nextAddress` gives none). */
  readonly sharesNetwork?: boolean;
  /** The field that names the complex it is carried by. */
  readonly complexField?: string;
  /**
   * The field with what the platform knows the machine by; read only in the API, and set by scripts of its own jobs. While it
   * has a value, the complex stays what it is.
   */
  readonly machineId?: string;
  /** Whether the platform takes a machine for that of a foundation only where its name is the locator. */
  readonly isNamedByLocator?: boolean;
  /** Whether it has to be in the site of the complex that carries it. */
  readonly inSiteOfComplex?: boolean;
  /** Values that scripts read as `foundation.<name>`, worked out when they do. */
  readonly values?: Readonly<Record<string, (known: KnownFoundation) => unknown>>;
  /** What configurations say of it besides, of its own fields and those of the complex that carries it. */
  readonly attributes?: (own: JsonMap, complex: JsonMap) => JsonMap;
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
  /** What texts of its fields have to match as a whole. */
  readonly patterns?: Readonly<Record<string, RegExp>>;
  /** The largest number of members; 1,000 unless said otherwise. */
  readonly maxMembers?: number;
  /** The structure by which it is reached, and without which nothing of it is built; its first member unless said otherwise. */
  readonly host?: {
    /** The field that names it. */
    readonly field: string;
    /** Whether the complex is built with it alone, where it has no members. */
    readonly suffices?: boolean;
  };
  /**
   * How what it carries is reached, of its own fields, in which secrets are references, and the primary address of its host:
   * functions read it as `foundation.connection`. Not given: it is not.
   */
  readonly connection?: (own: JsonMap, host: string) => JsonMap;
  /**
   * What the task `list` of the platform is sent with, of how it is reached, to tell which machines its host has. Not given:
   * nobody looks.
   */
  readonly lists?: (connection: JsonMap) => JsonMap;
  /** The foundations it carries: their type, which names the complex in its `complexField`, and their blueprint. */
  readonly carries: { readonly type: string; readonly blueprint: string };
}

/** The server half of a platform: what it adds to the API, and what scripts can call. */
export interface ServerHalf {
  /** Name of the agent module. */
  readonly name: string;
  readonly foundationTypes: readonly FoundationType[];
  readonly complexTypes?: readonly ComplexType[];
  /** Paths of models that go with its complexes (`Docker/DockerPort`): who works with these works with those. */
  readonly complexModels?: readonly string[];
  /** Resource files that come with the server, besides its own, which its scripts need: `disks`. */
  readonly needs?: readonly string[];
  /** Functions of the script module of the same name (`iputils.ping()`). */
  readonly functions: Readonly<Record<string, HostFunction>>;
}

/** Injection token of the server halves of all platforms (`readonly ServerHalf[]`). */
export const PLATFORMS = Symbol('Platforms');
