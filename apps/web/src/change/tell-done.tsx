import { Button } from '@patternfly/react-core';
import { queryClient } from '../api/query-client.ts';
import { call } from '../api/request.ts';
import { tell, tellError } from '../app/toasts.tsx';
import type { Carried } from './change-request.ts';

/** Takes back what a request has done, and tells how that went. */
export function undo(request: string): void {
  call('/Records/Request/undo', { id: request })
    .then(() => queryClient.invalidateQueries())
    .then(() => tell({ variant: 'success', title: 'Undone' }))
    .catch((error: unknown) => tellError('Not undone', error));
}

/** Tells that something was done, with the way back. */
export function tellDone(title: string, { request }: Carried): void {
  tell({
    variant: 'success',
    title,
    ...(request === undefined
      ? {}
      : {
          text: (
            <Button variant="link" isInline onClick={() => undo(request)}>
              Undo
            </Button>
          ),
        }),
  });
}
