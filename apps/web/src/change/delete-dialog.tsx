import { pathOf } from '../api/request.ts';
import { nounOf, pluralOf } from '../model/labels.ts';
import { idOf } from '../model/models.ts';
import type { Model, Row } from '../model/types.ts';
import { ChangeDialog } from './change-dialog.tsx';

interface DeleteDialogProps {
  readonly model: Model;
  readonly rows: readonly Row[];
  readonly etag?: string | undefined;
  readonly onDone?: () => void;
  readonly onClose: () => void;
}

/** Deletes objects, all or none. */
export function DeleteDialog({ model, rows, etag, onDone, onClose }: DeleteDialogProps) {
  const noun = nounOf(model.path).toLowerCase();
  const [first] = rows;
  return (
    <ChangeDialog
      title={
        rows.length === 1 && first
          ? `Delete ${noun} ${idOf(model, first)}`
          : `Delete ${rows.length} ${pluralOf(model.path).toLowerCase()}`
      }
      verb="Delete"
      isDanger
      requests={() => rows.map((row) => ({ method: 'DELETE', path: pathOf(model.path, idOf(model, row)), etag }))}
      onDone={() => onDone?.()}
      onClose={onClose}
    />
  );
}
