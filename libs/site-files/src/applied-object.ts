import type { Json } from '#kernel';

/** What became of one thing of a file, or would become of it. */
export interface AppliedObject {
  /** In words: `address block`. */
  readonly kind: string;
  /** `demo/main`. */
  readonly name: string;
  /** Empty: nothing of a file, but something that the files have not. */
  readonly file: string;
  readonly line: number;
  /** `kept`: the files do not have it, and it stays because it is built. */
  readonly outcome: 'created' | 'changed' | 'unchanged' | 'skipped' | 'removed' | 'kept';
  /** What is another than before, by the key of the file; secrets are masked. */
  readonly changes: Readonly<Record<string, { readonly before: Json; readonly after: Json }>>;
}

/** What applying files came to, or would come to. */
export interface ApplyResult {
  readonly dry_run: boolean;
  readonly objects: readonly AppliedObject[];
  readonly warnings: readonly string[];
}
