import { useMemo } from 'react';
import type { ReactNode } from 'react';
import { columnsOf } from '../list/columns-of.tsx';
import { ObjectTable } from '../list/object-table.tsx';
import type { Selection } from '../list/use-whole-list.ts';
import { useWholeList } from '../list/use-whole-list.ts';
import { modelAt } from '../model/models.ts';
import { usualColumns } from './usual-columns.ts';

interface ModelListProps {
  readonly path: string;
  /** The site whose objects are shown alone, where there is a filter for it. */
  readonly site?: string | undefined;
  readonly empty?: ReactNode;
  readonly prefix?: string;
  readonly short?: boolean;
}

/** The list of a model, made of what the API says about it. */
export function ModelList({ path, site, empty, prefix, short = false }: ModelListProps) {
  const model = modelAt(path);
  const columns = useMemo(() => columnsOf(model), [model]);
  const selection: Selection =
    site !== undefined && 'site' in model.filters ? { filter: 'site', parameters: { site } } : {};
  return (
    <ObjectTable
      model={model}
      list={useWholeList(path, selection)}
      columns={columns}
      usual={usualColumns(model)}
      empty={empty}
      short={short}
      {...(prefix === undefined ? {} : { prefix })}
    />
  );
}
