import { Alert, AlertActionCloseButton, AlertGroup } from '@patternfly/react-core';
import { useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import { Problem, textOf } from '../api/problem.ts';

/** Something that is told for a moment. */
export interface Toast {
  readonly variant: 'success' | 'danger' | 'warning' | 'info';
  readonly title: string;
  readonly text?: ReactNode;
}

/** How many are told at once at most: the oldest goes. */
const MAX_TOASTS = 5;
/** How long what went well is told, in milliseconds; what did not stays until it is closed. */
const SHORT_MS = 6000;

let toasts: readonly (Toast & { readonly key: number })[] = [];
let last = 0;
const watchers = new Set<() => void>();

function set(next: typeof toasts): void {
  toasts = next;
  for (const changed of watchers) changed();
}

const watch = (changed: () => void): (() => void) => {
  watchers.add(changed);
  return () => void watchers.delete(changed);
};

const close = (key: number): void => set(toasts.filter((toast) => toast.key !== key));

/** Tells something in the corner of the page. */
export const tell = (toast: Toast): void => set([...toasts, { ...toast, key: ++last }].slice(-MAX_TOASTS));

/** Tells that something has failed, with the words of the server. */
export const tellError = (title: string, error: unknown): void =>
  tell({
    variant: 'danger',
    title,
    text: (
      <>
        {textOf(error)}
        {error instanceof Problem && error.request !== undefined && (
          <div className="ct-small">Request {error.request}</div>
        )}
      </>
    ),
  });

/** The corner where they are. */
export function Toasts() {
  const shown = useSyncExternalStore(watch, () => toasts);
  return (
    <AlertGroup isToast isLiveRegion>
      {shown.map(({ key, variant, title, text }) => (
        <Alert
          key={key}
          variant={variant}
          title={title}
          timeout={variant === 'success' || variant === 'info' ? SHORT_MS : false}
          onTimeout={() => close(key)}
          actionClose={<AlertActionCloseButton onClose={() => close(key)} />}
        >
          {text}
        </Alert>
      ))}
    </AlertGroup>
  );
}
