import type { Row } from '../model/types.ts';

/** A value that would be another one. */
export interface Changed {
  readonly before: unknown;
  readonly after: unknown;
}

/** An object that would be made, changed or deleted. */
export interface ObjectChange {
  readonly model: string;
  readonly id: string | number;
  readonly change: 'created' | 'changed' | 'deleted';
  readonly fields?: readonly string[];
  readonly before?: Row | null;
  readonly after?: Row | null;
}

interface NamedEvent {
  readonly stream: string;
  readonly type: string;
}

/** What requests would do (docs/preview.md). */
export interface PreviewReport {
  /** Null: nothing would change. */
  readonly id: string | null;
  readonly expires?: string;
  readonly needs_approval?: boolean;
  readonly events_total: number;
  readonly objects: readonly ObjectChange[];
  readonly documents: readonly { readonly name: string; readonly values: Readonly<Record<string, Changed>> }[];
  readonly zones: readonly {
    readonly zone: string;
    readonly added: readonly string[];
    readonly removed: readonly string[];
  }[];
  readonly jobs: readonly { readonly job: number; readonly target: string; readonly script: string }[];
  readonly follows: { readonly events: readonly NamedEvent[] };
  readonly would_send: {
    readonly tasks: readonly { readonly job: number; readonly module: string; readonly function: string }[];
    readonly deliveries: readonly { readonly subscription?: string; readonly kind?: string }[];
  };
  readonly cut: readonly string[];
}

/** Fields that change with everything, and say nothing of what it was. */
const ALWAYS = new Set(['updated', 'created']);

/** The fields of an object that would be other ones, with what they were and would be. */
export function changedFields({
  change,
  fields,
  before,
  after,
}: ObjectChange): readonly (readonly [string, Changed])[] {
  const names = change === 'changed' ? (fields ?? []) : Object.keys(after ?? before ?? {});
  return names
    .filter((name) => !ALWAYS.has(name) && !name.startsWith('_'))
    .map((name) => [name, { before: before?.[name], after: after?.[name] }] as const)
    .filter(([, one]) => change === 'changed' || !isEmpty(one.before) || !isEmpty(one.after));
}

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  (typeof value === 'object' && Object.keys(value).length === 0);
