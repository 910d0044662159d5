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

/** How much of a text stays in sight above and below the line, in pixels. */
const MARGIN = 48;

/** Marks another line, and has it in sight within the editor; the page around it stays where it is. */
export function markLine(view: EditorView, at: RunningLine | null): void {
  view.dispatch({ effects: setLine.of(at) });
  const { doc } = view.state;
  if (!at || at.line < 1 || at.line > doc.lines) return;
  view.requestMeasure({
    read: ({ scrollDOM }) => {
      const { top, bottom } = view.lineBlockAt(doc.line(at.line).from);
      const { scrollTop, clientHeight } = scrollDOM;
      if (top - MARGIN < scrollTop) return Math.max(0, top - MARGIN);
      return bottom + MARGIN > scrollTop + clientHeight ? bottom + MARGIN - clientHeight : scrollTop;
    },
    write: (scrollTop, { scrollDOM }) => {
      scrollDOM.scrollTop = scrollTop;
    },
  });
}
