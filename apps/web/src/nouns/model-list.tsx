import { ToolbarItem } from '@patternfly/react-core';
import { useMemo } from 'react';
import type { ReactNode } from 'react';
import { columnsOf } from '../list/columns-of.tsx';
import { ObjectTable } from '../list/object-table.tsx';
import { useWholeList } from '../list/use-whole-list.ts';
import { mayUse, useSession } from '../api/session.ts';
import { nounOf } from '../model/labels.ts';
import { kindsOf, modelAt } from '../model/models.ts';
import type { Row } from '../model/types.ts';
import { BulkActions, canBulk } from './bulk-actions.tsx';
import { CreateButton } from './create-button.tsx';
import { selectionAt } from './selection-at.ts';
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
  const session = useSession();
  const may = [model, ...kindsOf(path)].some(({ can }) => mayUse(session, can.create));
  const bulk = (rows: readonly Row[], clear: () => void) => <BulkActions model={model} rows={rows} onDone={clear} />;
  return (
    <ObjectTable
      model={model}
      list={useWholeList(path, selectionAt(model, site))}
      columns={columns}
      usual={usualColumns(model)}
      empty={empty ?? (may ? `There is no ${nounOf(path).toLowerCase()} yet: “New” makes the first one.` : undefined)}
      short={short}
      actions={
        <ToolbarItem>
          <CreateButton path={path} site={site} />
        </ToolbarItem>
      }
      {...(canBulk(model) ? { bulk } : {})}
      {...(prefix === undefined ? {} : { prefix })}
    />
  );
}
