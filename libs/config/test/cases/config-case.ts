import type { Json, JsonMap } from '#kernel';
import type { Pairs } from '../../src/layer.ts';

/** How a recorded case failed: the name of the kind of fault, and its words; `endless` where it never came to an end. */
interface Failure {
  readonly error?: string;
  readonly message?: string;
}

interface Case {
  readonly id: string;
}

/** Layers that are laid over what there is at the start. */
export interface OverlayCase extends Case, Failure {
  readonly start: JsonMap;
  readonly layers: readonly Pairs[];
  readonly classes: readonly string[];
  readonly result?: JsonMap;
}

/** A configuration whose texts are rendered. */
export interface MergeCase extends Case, Failure {
  readonly values: JsonMap;
  readonly result?: JsonMap;
}

/** A template that is rendered with a configuration. */
export interface RenderCase extends Case, Failure {
  readonly template: string;
  readonly values: JsonMap;
  readonly result?: string;
}

/** The path of a document, and its parts. */
export interface PathCase extends Case {
  readonly path: string;
  readonly match: Readonly<Record<string, string | null>> | null;
}

/** The recorded cases about configuration, by group. */
export interface ConfigCases {
  readonly overlay: OverlayCase;
  readonly merge: MergeCase;
  readonly render: RenderCase;
  readonly config_url: PathCase;
}

export type ConfigGroup = keyof ConfigCases;

/** What a case came to. */
export interface Outcome {
  readonly result?: Json;
  /** What is at fault: single values, by their keys, or (without a key) the whole. */
  readonly faults: readonly { readonly key?: string; readonly error: string; readonly message: string }[];
}
