import { ClipboardCopy } from '@patternfly/react-core';
import { tell } from '../app/toasts.tsx';
import { inWords } from '../model/labels.ts';
import type { Row } from '../model/types.ts';

/** Fields that only the answer to the creation tells, by the path of their model. */
const TOLD_ONCE: Readonly<Record<string, string>> = { 'PostOffice/Subscription': 'signing_key' };

/** Tells what the answer to the creation of an object holds and nobody is shown again; it stays until it is closed. */
export function tellOnce(model: string, answer: unknown): void {
  const field = TOLD_ONCE[model];
  const value = field === undefined ? undefined : (answer as Row | undefined)?.[field];
  if (field === undefined || typeof value !== 'string') return;
  tell({
    variant: 'warning',
    title: `${inWords(field)}: shown only now`,
    text: (
      <ClipboardCopy isReadOnly isCode hoverTip="Copy" clickTip="Copied" textAriaLabel={inWords(field)}>
        {value}
      </ClipboardCopy>
    ),
  });
}
