/**
 * Where the statement that contains a fault is said to begin: the coarse place by which clients have always known
 * faults. Clients expect the reading in which a fault makes the shortest possible part of a source unreadable: what
 * could stand alone in front of it counts as read, a choice ends before an `elif` or `else` that cannot be read, and
 * a block is given up as a whole.
 */

/** What surrounds a place, from the outermost statement inward. */
export type Surrounding =
  /** Between the `begin` and the `end` of a block. */
  | { readonly kind: 'block' }
  /** In the loop or in the first way of the choice that begins at `statement`. */
  | { readonly kind: 'body'; readonly statement: number }
  /** In a further way of a choice: where its line and the line of its body begin; null when those are no new lines. */
  | { readonly kind: 'tail'; readonly line: number | null; readonly body: number | null };

/** A place that cannot be read. */
export interface Unread {
  /** Where the outermost statement begins. */
  readonly outermost: number;
  /** Where the innermost statement begins; -1 when the place lies in none that could stand alone in part. */
  readonly innermost: number;
  /** Whether a whole statement was read and something is left over behind it. */
  readonly leftover: boolean;
  readonly around: readonly Surrounding[];
}

/** Where the statement that contains the place is said to begin. */
export function statementStart(text: string, unread: Unread): number {
  const { around, innermost } = unread;
  let leftover = unread.leftover || standsAlone(text, innermost);
  for (let at = around.length - 1; at >= 0; at -= 1) {
    const open = around[at];
    if (open?.kind === 'block') leftover = false;
    if (leftover || open === undefined || open.kind === 'block') continue;
    if (open.kind === 'body' || open.line === null)
      leftover = open.kind === 'tail' || standsAlone(text, open.statement);
    else {
      const block = around.findLastIndex(({ kind }, index) => index < at && kind === 'block');
      if (block < 0) return open.body ?? open.line;
      at = block;
    }
  }
  return unread.outermost;
}

/** Whether the beginning of a statement that cannot be read as a whole is a statement by itself. */
function standsAlone(text: string, from: number): boolean {
  if (from < 0) return false;
  const pattern =
    /[-+]?[0-9]|(?:[Tt]rue|[Ff]alse|[Nn]one|pass|break|continue)|([A-Za-z][A-Za-z0-9_]+)(\.[A-Za-z][A-Za-z0-9_]+)?(?![A-Za-z0-9_.(])/y;
  pattern.lastIndex = from;
  const [found, name] = pattern.exec(text) ?? [];
  return found !== undefined && !/^(?:begin|end|while|do|goto|exists)$/.test(name ?? '');
}
