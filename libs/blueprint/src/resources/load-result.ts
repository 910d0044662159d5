import type { Json, JsonMap } from '#kernel';
import { writeJson } from '#kernel';

/** Which things of a file are loaded. */
export const RESOURCE_TYPES = ['all', 'script', 'foundation', 'structure', 'pxe', 'links'] as const;
export type ResourceType = (typeof RESOURCE_TYPES)[number];

/** Whether only what is missing is made, only what is there is changed, or both. */
export const LOAD_MODES = ['both', 'add', 'update'] as const;
export type LoadMode = (typeof LOAD_MODES)[number];

/** What became of one thing of a resource file, or would become of it. */
export interface LoadedObject {
  readonly kind: 'script' | 'foundation' | 'structure' | 'pxe' | 'link';
  /** Of a link: `web on metal`. */
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly outcome: 'created' | 'changed' | 'unchanged' | 'skipped' | 'removed';
  /** What is another than before, by the key of the file; secrets are masked. */
  readonly changes: Readonly<Record<string, { readonly before: Json; readonly after: Json }>>;
}

/** What loading resource files came to, or would come to. */
export interface LoadResult {
  readonly dry_run: boolean;
  readonly objects: readonly LoadedObject[];
  /** `base.toml:12: structure.web.colour: is no key …`. */
  readonly warnings: readonly string[];
}

/** What is another than before; both are given by key, and what is not given afterwards stays. */
export function changesBetween(before: JsonMap, after: JsonMap): LoadedObject['changes'] {
  return Object.fromEntries(
    Object.entries(after)
      .filter(([key, value]) => writeJson(value) !== writeJson(before[key] ?? null))
      .map(([key, value]) => [key, { before: before[key] ?? null, after: value }]),
  );
}
