import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** Colours are those of the page, so that they turn dark and light with it. */
const token = (name: string): string => `var(--pf-t--global--${name})`;

const highlights = HighlightStyle.define([
  { tag: tags.comment, color: token('text--color--subtle'), fontStyle: 'italic' },
  { tag: tags.keyword, color: 'var(--ct-code-keyword)', fontWeight: '600' },
  { tag: tags.operatorKeyword, color: 'var(--ct-code-keyword)' },
  { tag: tags.string, color: 'var(--ct-code-string)' },
  { tag: [tags.number, tags.atom], color: 'var(--ct-code-number)' },
  { tag: [tags.function(tags.variableName), tags.namespace], color: 'var(--ct-code-function)' },
  { tag: tags.labelName, color: 'var(--ct-code-number)', fontWeight: '600' },
  { tag: tags.propertyName, color: token('text--color--regular') },
]);

const theme = EditorView.theme({
  '&': {
    fontSize: '13px',
    color: token('text--color--regular'),
    backgroundColor: token('background--color--primary--default'),
    border: `1px solid ${token('border--color--default')}`,
    borderRadius: token('border--radius--small'),
  },
  '&.cm-focused': { outline: `2px solid ${token('color--brand--default')}`, outlineOffset: '-1px' },
  '.cm-scroller': { fontFamily: token('font--family--mono'), lineHeight: '1.5' },
  '.cm-content': { caretColor: token('text--color--regular') },
  '.cm-cursor': { borderLeftColor: token('text--color--regular') },
  '.cm-gutters': {
    color: token('text--color--subtle'),
    backgroundColor: token('background--color--secondary--default'),
    borderRight: `1px solid ${token('border--color--default')}`,
  },
  '.cm-activeLine': { backgroundColor: 'var(--ct-code-active)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--ct-code-active)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--ct-code-selection)',
  },
  '.cm-running': {
    backgroundColor: 'var(--ct-code-running)',
    boxShadow: `inset 3px 0 ${token('color--brand--default')}`,
  },
  '.cm-stopped': {
    backgroundColor: 'var(--ct-code-stopped)',
    boxShadow: `inset 3px 0 ${token('icon--color--status--danger--default')}`,
  },
  '.cm-tooltip': {
    color: token('text--color--regular'),
    backgroundColor: token('background--color--floating--default'),
    border: `1px solid ${token('border--color--default')}`,
  },
  '.cm-panels': {
    color: token('text--color--regular'),
    backgroundColor: token('background--color--secondary--default'),
  },
});

/** How editors look. */
export const editorTheme: Extension = [theme, syntaxHighlighting(highlights)];
