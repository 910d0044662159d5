import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentUnit, StreamLanguage } from '@codemirror/language';
import type { Diagnostic } from '@codemirror/lint';
import { linter, lintGutter, lintKeymap } from '@codemirror/lint';
import type { Extension } from '@codemirror/state';
import { EditorState } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { editorTheme } from './editor-theme.ts';
import type { LintFault } from './lint-fault.ts';
import { partOf } from './lint-fault.ts';
import type { RunningLine } from './running-line.ts';
import { markLine, runningLine } from './running-line.ts';
import { templateMode } from './template-mode.ts';
import { tscriptMode } from './tscript-mode.ts';

/** How long the text has to rest before the server is asked about it, in milliseconds. */
const LINT_MS = 300;

const MODES = {
  tscript: StreamLanguage.define(tscriptMode),
  template: StreamLanguage.define(templateMode),
} as const;

/** The policy of the page wants it of every style that is made while it is open. */
const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '';

export interface CodeEditorProps {
  readonly label: string;
  readonly text: string;
  readonly mode: keyof typeof MODES;
  /** Is told of each change; without it the text can only be read. */
  readonly onChange?: (text: string) => void;
  /** Asks the server what is wrong with the text. */
  readonly lint?: (text: string) => Promise<readonly LintFault[]>;
  /** Where the script stands. */
  readonly at?: RunningLine | null;
}

/** A text with its lines and colours; what can be changed has what is wrong with it marked. */
export default function CodeEditor({ label, text, mode, onChange, lint, at = null }: CodeEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  // The editor is made once; it calls what is in force then.
  const given = useRef({ onChange, lint });
  useEffect(() => {
    given.current = { onChange, lint };
  });
  const readOnly = onChange === undefined;
  const lints = lint !== undefined;
  const first = useRef(text);
  useEffect(() => {
    const parent = place.current;
    if (!parent) return undefined;
    const made = new EditorView({
      parent,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          nonce === '' ? [] : EditorView.cspNonce.of(nonce),
          lineNumbers(),
          MODES[mode],
          editorTheme,
          runningLine,
          EditorView.contentAttributes.of({ 'aria-label': label }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) given.current.onChange?.(update.state.doc.toString());
          }),
          readOnly ? reading : writing,
          lints ? [linting((source) => given.current.lint?.(source) ?? Promise.resolve([])), lintGutter()] : [],
        ],
      }),
    });
    view.current = made;
    return () => {
      view.current = undefined;
      first.current = made.state.doc.toString();
      made.destroy();
    };
  }, [label, mode, readOnly, lints]);
  useEffect(() => {
    const known = view.current;
    if (!known || known.state.doc.toString() === text) return;
    known.dispatch({ changes: { from: 0, to: known.state.doc.length, insert: text } });
  }, [text]);
  const { line, isStopped } = at ?? {};
  useEffect(() => {
    if (view.current) markLine(view.current, line === undefined ? null : { line, isStopped: isStopped === true });
  }, [line, isStopped, text]);
  return <div ref={place} className={readOnly ? 'ct-code' : 'ct-code ct-code-open'} />;
}

const reading: Extension = [EditorState.readOnly.of(true), keymap.of(defaultKeymap)];

const writing: Extension = [
  history(),
  drawSelection(),
  bracketMatching(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  indentUnit.of('  '),
  // Tab indents; Escape and then Tab leaves the editor.
  keymap.of([...defaultKeymap, ...historyKeymap, ...lintKeymap, indentWithTab]),
];

const linting = (ask: (text: string) => Promise<readonly LintFault[]>): Extension =>
  linter(
    async ({ state: { doc } }): Promise<readonly Diagnostic[]> =>
      (await ask(doc.toString())).map((fault) => ({
        ...partOf(fault, doc),
        severity: fault.severity === 'error' ? 'error' : 'warning',
        message: fault.message,
      })),
    { delay: LINT_MS },
  );
