import './script.css';
import { Skeleton } from '@patternfly/react-core';
import { lazy, Suspense } from 'react';
import type { CodeEditorProps } from './code-editor.tsx';

const CodeEditor = lazy(() => import('./code-editor.tsx'));

/** A script to be read, or one to be changed where `onChange` is given; the editor is loaded when it is first shown. */
export const ScriptView = (props: CodeEditorProps) => (
  <Suspense fallback={<Skeleton screenreaderText="Loading" height="12rem" />}>
    <CodeEditor {...props} />
  </Suspense>
);
