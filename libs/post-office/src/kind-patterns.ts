/** Most kinds are named one by one, `foundation.built`; `foundation.*`, `*.deleted` and `*` name several. */
export const isKindPattern = (pattern: string): boolean =>
  pattern === '*' || /^(?:\*|[a-z_]+)\.(?:\*|[a-z_]+)$/.test(pattern);

/** Whether a kind is among those that a pattern names. */
export function matchesKind(pattern: string, kind: string): boolean {
  if (pattern === '*' || pattern === kind) return true;
  const [of = '', what = ''] = pattern.split('.');
  const [kindOf, kindWhat] = kind.split('.');
  return (of === '*' || of === kindOf) && (what === '*' || what === kindWhat);
}
