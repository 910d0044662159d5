import { Dropdown, DropdownItem, DropdownList, MenuToggle, ToolbarItem } from '@patternfly/react-core';
import { lazy, Suspense, useState } from 'react';
import type { ReactNode } from 'react';
import { mayUse, useSession } from '../api/session.ts';
import { isDangerous, isFor, labelOf, onlyLooks } from '../change/action-words.ts';
import { MAX_TOGETHER } from '../change/change-request.ts';
import type { Model, Row } from '../model/types.ts';

const DeleteDialog = lazy(async () => ({ default: (await import('../change/delete-dialog.tsx')).DeleteDialog }));
const ActionDialog = lazy(async () => ({ default: (await import('../change/action-dialog.tsx')).ActionDialog }));

interface BulkActionsProps {
  readonly model: Model;
  readonly rows: readonly Row[];
  readonly onDone: () => void;
}

/** What can be done with all selected objects together: all of it or nothing. */
export function BulkActions({ model, rows, onDone }: BulkActionsProps) {
  const session = useSession();
  const [open, setOpen] = useState(false);
  const [dialog, setDialog] = useState<ReactNode>();
  const close = (): void => setDialog(undefined);
  const acts = Object.entries(model.actions).filter(
    ([name, action]) => action.static !== true && !onlyLooks(name, action) && mayUse(session, action.permission),
  );
  const mayDelete = mayUse(session, model.can.delete);
  if (acts.length === 0 && !mayDelete) return null;
  if (rows.length > MAX_TOGETHER) {
    return (
      <ToolbarItem alignSelf="center">
        <span className="ct-small">At most {MAX_TOGETHER} can be changed together.</span>
      </ToolbarItem>
    );
  }
  return (
    <ToolbarItem>
      <Dropdown
        isOpen={open}
        onOpenChange={setOpen}
        onSelect={() => setOpen(false)}
        toggle={(ref) => (
          <MenuToggle ref={ref} variant="primary" isExpanded={open} onClick={() => setOpen(!open)}>
            With {rows.length} selected
          </MenuToggle>
        )}
      >
        <DropdownList>
          {acts.map(([name, action]) => (
            <DropdownItem
              key={name}
              isDanger={isDangerous(name)}
              isDisabled={!rows.every((row) => isFor(name, row))}
              onClick={() =>
                setDialog(
                  <ActionDialog
                    model={model}
                    name={name}
                    action={action}
                    rows={rows}
                    onDone={onDone}
                    onClose={close}
                  />,
                )
              }
            >
              {labelOf(name)}
            </DropdownItem>
          ))}
          {mayDelete && (
            <DropdownItem
              isDanger
              onClick={() => setDialog(<DeleteDialog model={model} rows={rows} onDone={onDone} onClose={close} />)}
            >
              Delete
            </DropdownItem>
          )}
        </DropdownList>
      </Dropdown>
      <Suspense fallback={null}>{dialog}</Suspense>
    </ToolbarItem>
  );
}

/** Whether somebody could do anything with several objects of a model together. */
export const canBulk = (model: Model): boolean =>
  model.can.delete !== undefined ||
  Object.entries(model.actions).some(([name, action]) => action.static !== true && !onlyLooks(name, action));
