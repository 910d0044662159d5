import { ActionGroup, Alert, Button } from '@patternfly/react-core';
import { useState } from 'react';
import { Problem, textOf } from '../api/problem.ts';
import { pathOf, send } from '../api/request.ts';
import { mayUse, useSession } from '../api/session.ts';
import { queryClient } from '../api/query-client.ts';
import { keys } from '../api/query-keys.ts';
import { tell } from '../app/toasts.tsx';
import type { Row } from '../model/types.ts';
import { valueText } from '../model/value-text.ts';
import type { CodeEditorProps } from './code-editor.tsx';
import { ScriptView } from './script-view.tsx';

interface TextFieldProps {
  readonly model: string;
  readonly id: string | number;
  /** The field that holds the text. */
  readonly field: string;
  readonly label: string;
  readonly text: string;
  readonly mode: CodeEditorProps['mode'];
  readonly lint: NonNullable<CodeEditorProps['lint']>;
  /** The permission to change it. */
  readonly permission: string | undefined;
}

/** A text of an object: read, and changed where somebody may; what is wrong with it is marked while one writes. */
export function TextField({ model, id, field, label, text, mode, lint, permission }: TextFieldProps) {
  const may = mayUse(useSession(), permission);
  const [draft, setDraft] = useState<string>();
  /** What the text was when it began to be changed: a change by somebody else is not written over. */
  const [base, setBase] = useState<{ readonly etag: string | undefined; readonly text: string }>();
  const [refused, setRefused] = useState<string>();
  const [busy, setBusy] = useState(false);
  const begin = async (): Promise<void> => {
    setBusy(true);
    try {
      const { body, etag } = await send<Row>('GET', pathOf(model, id));
      const now = valueText(body[field]);
      setBase({ etag, text: now });
      setDraft(now);
      setRefused(undefined);
    } catch (error) {
      setRefused(textOf(error));
    }
    setBusy(false);
  };
  const save = async (): Promise<void> => {
    setBusy(true);
    try {
      const headers: Record<string, string> = base?.etag === undefined ? {} : { 'If-Match': base.etag };
      await send('PATCH', pathOf(model, id), { body: { [field]: draft }, headers });
      tell({ variant: 'success', title: `${label} saved` });
      setDraft(undefined);
      setRefused(undefined);
      await queryClient.invalidateQueries({ queryKey: keys.object(model, id).slice(0, 3) });
    } catch (error) {
      const isChanged = error instanceof Problem && error.status === 412;
      setRefused(
        isChanged ? 'Somebody has changed it since you began: begin anew to see how it is now.' : textOf(error),
      );
    }
    setBusy(false);
  };
  const isOpen = draft !== undefined;
  return (
    <div className="ct-stack">
      {refused !== undefined && (
        <Alert isInline variant="danger" title="Not saved">
          {refused}
        </Alert>
      )}
      {isOpen ? (
        <ScriptView key="open" label={label} mode={mode} text={draft} onChange={setDraft} lint={lint} />
      ) : (
        <ScriptView key="shown" label={label} mode={mode} text={text} />
      )}
      {may && (
        <ActionGroup>
          {isOpen ? (
            <>
              <Button isDisabled={busy || draft === base?.text} isLoading={busy} onClick={() => void save()}>
                Save
              </Button>{' '}
              <Button
                variant="link"
                onClick={() => {
                  setDraft(undefined);
                  setRefused(undefined);
                }}
              >
                Cancel
              </Button>
            </>
          ) : (
            <Button variant="secondary" isDisabled={busy} onClick={() => void begin()}>
              Edit {label.toLowerCase()}
            </Button>
          )}
        </ActionGroup>
      )}
    </div>
  );
}
