import type { FormValues } from './form-values.ts';

/** A field that somebody else has changed while it was being edited. */
export interface MeanwhileChange {
  readonly field: string;
  readonly before: string | boolean;
  readonly after: string | boolean;
  /** Whether something else was typed there, which stays. */
  readonly isKept: boolean;
}

/** A form that was begun from one state, and goes on from another: what was typed stays, all else is as it is now. */
export function mergeMeanwhile(
  were: FormValues,
  inputs: FormValues,
  now: FormValues,
): { readonly were: FormValues; readonly inputs: FormValues; readonly changes: readonly MeanwhileChange[] } {
  const isTyped = (field: string): boolean => inputs[field] !== were[field];
  const changes = Object.keys(now)
    .filter((field) => now[field] !== were[field])
    .map((field) => ({
      field,
      before: were[field] ?? '',
      after: now[field] ?? '',
      isKept: isTyped(field) && inputs[field] !== now[field],
    }));
  const merged = Object.fromEntries(
    Object.entries(now).map(([field, value]) => [field, isTyped(field) ? (inputs[field] ?? '') : value]),
  );
  return { were: now, inputs: merged, changes };
}
