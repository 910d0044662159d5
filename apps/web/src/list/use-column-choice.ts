import { useState } from 'react';
import { storage } from '../app/storage.ts';

/** The columns of a list that are shown, remembered in this browser, and how to choose others; with none, the usual ones. */
export function useColumnChoice(
  list: string,
  usual: readonly string[],
): readonly [visible: readonly string[], choose: (columns: readonly string[] | undefined) => void] {
  const name = `columns.${list}`;
  const [chosen, setChosen] = useState<readonly string[] | undefined>(() =>
    storage
      .get(name)
      ?.split(',')
      .filter((one) => one !== ''),
  );
  const choose = (columns: readonly string[] | undefined): void => {
    storage.set(name, columns?.join(',') ?? null);
    setChosen(columns);
  };
  return [chosen && chosen.length > 0 ? chosen : usual, choose];
}
