import { Button, Dropdown, DropdownItem, DropdownList, MenuToggle } from '@patternfly/react-core';
import { lazy, Suspense, useState } from 'react';
import { mayUse, useSession } from '../api/session.ts';
import { nounOf } from '../model/labels.ts';
import { kindsOf, modelAt } from '../model/models.ts';
import type { Model, Row } from '../model/types.ts';

const CreateDialog = lazy(async () => ({ default: (await import('../change/create-dialog.tsx')).CreateDialog }));

interface CreateButtonProps {
  readonly path: string;
  readonly site?: string | undefined;
  /** What it has, unless something else is given. */
  readonly preset?: Row;
}

/** Makes an object of a model, or of one of the models that specialise it, which one chooses first. */
export function CreateButton({ path, site, preset }: CreateButtonProps) {
  const session = useSession();
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState<Model>();
  const own = modelAt(path);
  const models = (own.can.create === undefined ? kindsOf(path) : [own]).filter(({ can }) =>
    mayUse(session, can.create),
  );
  if (models.length === 0) return null;
  const [first] = models;
  return (
    <>
      {first && models.length === 1 ? (
        <Button onClick={() => setChosen(first)}>New</Button>
      ) : (
        <Dropdown
          isOpen={open}
          onOpenChange={setOpen}
          onSelect={() => setOpen(false)}
          isScrollable
          toggle={(ref) => (
            <MenuToggle ref={ref} variant="primary" isExpanded={open} onClick={() => setOpen(!open)}>
              New
            </MenuToggle>
          )}
        >
          <DropdownList>
            {models.map((model) => (
              <DropdownItem key={model.path} description={model.doc} onClick={() => setChosen(model)}>
                {nounOf(model.path)}
              </DropdownItem>
            ))}
          </DropdownList>
        </Dropdown>
      )}
      <Suspense fallback={null}>
        {chosen && (
          <CreateDialog
            model={chosen}
            preset={{ ...(site !== undefined && 'site' in chosen.fields ? { site } : {}), ...preset }}
            onClose={() => setChosen(undefined)}
          />
        )}
      </Suspense>
    </>
  );
}
