import { Button, Divider, Dropdown, DropdownItem, DropdownList, MenuToggle } from '@patternfly/react-core';
import { lazy, Suspense, useState } from 'react';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { mayUse, useSession } from '../api/session.ts';
import { isDangerous, isFor, labelOf, onlyLooks } from '../change/action-words.ts';
import { listPath } from '../model/places.ts';
import type { ActionProps } from './tab.ts';

const EditDialog = lazy(async () => ({ default: (await import('../change/edit-dialog.tsx')).EditDialog }));
const CreateDialog = lazy(async () => ({ default: (await import('../change/create-dialog.tsx')).CreateDialog }));
const DeleteDialog = lazy(async () => ({ default: (await import('../change/delete-dialog.tsx')).DeleteDialog }));
const ActionDialog = lazy(async () => ({ default: (await import('../change/action-dialog.tsx')).ActionDialog }));
const LookDialog = lazy(async () => ({ default: (await import('../change/look-dialog.tsx')).LookDialog }));

/** Actions that have a tab of their own. */
const HAS_TAB = new Set(['explain', 'impact', 'history']);

/** What can be done with an object, by whoever looks: its usual action as a button, all else in a menu. */
export function ChangeMenu({ model, id, row, etag }: ActionProps) {
  const session = useSession();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const [dialog, setDialog] = useState<ReactNode>();
  const close = (): void => setDialog(undefined);
  const { can } = model;

  const allowed = Object.entries(model.actions).filter(
    ([name, action]) => action.static !== true && !HAS_TAB.has(name) && mayUse(session, action.permission),
  );
  const acts = allowed.filter(([name, action]) => !onlyLooks(name, action));
  const looks = allowed.filter(([name, action]) => onlyLooks(name, action));
  const [usual] = acts.filter(([name, { parameters }]) => isFor(name, row) && Object.keys(parameters).length === 0);
  const act = (name: string, action: (typeof acts)[number][1]): void =>
    setDialog(<ActionDialog model={model} name={name} action={action} rows={[row]} onClose={close} />);
  const mayEdit = mayUse(session, can.change) && Object.values(model.fields).some(({ change }) => change === true);
  const mayCreate = mayUse(session, can.create);
  const mayDelete = mayUse(session, can.delete);
  if (allowed.length === 0 && !mayEdit && !mayCreate && !mayDelete) return null;
  return (
    <>
      {mayEdit && (
        <Button
          variant="secondary"
          onClick={() => setDialog(<EditDialog model={model} row={row} etag={etag} onClose={close} />)}
        >
          Edit
        </Button>
      )}
      {usual && (
        <Button
          variant={isDangerous(usual[0]) ? 'secondary' : 'primary'}
          isDanger={isDangerous(usual[0])}
          onClick={() => act(...usual)}
        >
          {labelOf(usual[0])}
        </Button>
      )}
      <Dropdown
        isOpen={open}
        onOpenChange={setOpen}
        onSelect={() => setOpen(false)}
        popperProps={{ position: 'right' }}
        isScrollable
        toggle={(ref) => (
          <MenuToggle ref={ref} isExpanded={open} onClick={() => setOpen(!open)}>
            Actions
          </MenuToggle>
        )}
      >
        <DropdownList>
          {acts.map(([name, action]) => (
            <DropdownItem
              key={name}
              isDisabled={!isFor(name, row)}
              isDanger={isDangerous(name)}
              onClick={() => act(name, action)}
            >
              {labelOf(name)}
            </DropdownItem>
          ))}
          {acts.length > 0 && looks.length > 0 && <Divider component="li" />}
          {looks.map(([name, action]) => (
            <DropdownItem
              key={name}
              onClick={() =>
                setDialog(<LookDialog model={model.path} id={id} name={name} action={action} onClose={close} />)
              }
            >
              {labelOf(name)}
            </DropdownItem>
          ))}
          {(mayCreate || mayDelete) && allowed.length > 0 && <Divider component="li" />}
          {mayCreate && (
            <DropdownItem onClick={() => setDialog(<CreateDialog model={model} like={row} onClose={close} />)}>
              Clone
            </DropdownItem>
          )}
          {mayDelete && (
            <DropdownItem
              isDanger
              onClick={() =>
                setDialog(
                  <DeleteDialog
                    model={model}
                    rows={[row]}
                    etag={etag}
                    onDone={() => void navigate(listPath(model.path))}
                    onClose={close}
                  />,
                )
              }
            >
              Delete
            </DropdownItem>
          )}
        </DropdownList>
      </Dropdown>
      <Suspense fallback={null}>{dialog}</Suspense>
    </>
  );
}
