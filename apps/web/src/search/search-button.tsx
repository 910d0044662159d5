import { Button } from '@patternfly/react-core';
import { SearchIcon } from '@patternfly/react-icons/dist/esm/icons/search-icon';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useSession } from '../api/session.ts';
import type { Model } from '../model/types.ts';

const SearchDialog = lazy(async () => ({ default: (await import('./search-dialog.tsx')).SearchDialog }));

const CreateDialog = lazy(async () => ({ default: (await import('../change/create-dialog.tsx')).CreateDialog }));

const isOpening = ({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean =>
  key.toLowerCase() === 'k' && (ctrlKey || metaKey) && !altKey && !shiftKey;

/** Opens the search, as Ctrl-K does wherever one is. */
export function SearchButton() {
  const { user } = useSession();
  const [open, setOpen] = useState(false);
  const [create, setCreate] = useState<Model>();
  const signedIn = user !== null;
  useEffect(() => {
    if (!signedIn) return undefined;
    const pressed = (event: KeyboardEvent): void => {
      if (!isOpening(event)) return;
      event.preventDefault();
      setOpen((before) => !before);
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [signedIn]);
  if (!signedIn) return null;
  return (
    <>
      <Button variant="control" icon={<SearchIcon />} aria-label="Search Ctrl K" onClick={() => setOpen(true)}>
        <span className="ct-wide">
          Search <kbd className="ct-key">Ctrl K</kbd>
        </span>
      </Button>
      <Suspense fallback={null}>
        {open && <SearchDialog onClose={() => setOpen(false)} onCreate={setCreate} />}
        {create && <CreateDialog key={create.path} model={create} onClose={() => setCreate(undefined)} />}
      </Suspense>
    </>
  );
}
