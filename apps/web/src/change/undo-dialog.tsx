import { pathOf } from '../api/request.ts';
import { ChangeDialog } from './change-dialog.tsx';

/** Takes back all that a request has done, or nothing of it. */
export const UndoDialog = ({ request, onClose }: { readonly request: string; readonly onClose: () => void }) => (
  <ChangeDialog
    title="Undo this request"
    verb="Undo"
    isDanger
    requests={() => [{ method: 'POST', path: pathOf('Records/Request', undefined, 'undo'), body: { id: request } }]}
    onClose={onClose}
  />
);
