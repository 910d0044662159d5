import type { Extension } from '@codemirror/state';
import { StateEffect, StateField } from '@codemirror/state';
import type { DecorationSet } from '@codemirror/view';
import { Decoration, EditorView } from '@codemirror/view';

/** Where a script stands: a line from 1, and whether it goes on from there. */
export interface RunningLine {
  readonly line: number;
  readonly isStopped: boolean;
}

const setLine = StateEffect.define<RunningLine | null>();
const running = Decoration.line({ class: 'cm-running', attributes: { 'aria-current': 'step' } });
const stopped = Decoration.line({ class: 'cm-stopped', attributes: { 'aria-current': 'step' } });

/** Marks the line at which a script stands. */
export const runningLine: Extension = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setLine)) continue;
      const { value } = effect;
      const { doc } = transaction.state;
      next =
        value === null || value.line < 1 || value.line > doc.lines
          ? Decoration.none
          : Decoration.set((value.isStopped ? stopped : running).range(doc.line(value.line).from));
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Marks another line, and has it in sight where the mark moves. */
export function markLine(view: EditorView, at: RunningLine | null, follows: boolean): void {
  const { doc } = view.state;
  const place = at && at.line >= 1 && at.line <= doc.lines ? doc.line(at.line).from : undefined;
  view.dispatch({
    effects: [
      setLine.of(at),
      ...(follows && place !== undefined ? [EditorView.scrollIntoView(place, { y: 'nearest', yMargin: 60 })] : []),
    ],
  });
}
