import { Content, EmptyState, EmptyStateBody, Spinner } from '@patternfly/react-core';
import { useMemo } from 'react';
import { mayUse, useSession } from '../api/session.ts';
import { columnsOf } from '../list/columns-of.tsx';
import { ObjectTable } from '../list/object-table.tsx';
import { useWholeList } from '../list/use-whole-list.ts';
import { inWords, pluralOf } from '../model/labels.ts';
import { usualColumns } from '../nouns/usual-columns.ts';
import { ImpactView } from './impact-view.tsx';
import type { Related } from './related.ts';
import { relatedTo } from './related.ts';
import type { TabProps } from './tab.ts';

/** What depends on an object: what would be affected without it, and all that refers to it. */
export function RelatedTab({ model, id, row }: TabProps) {
  const session = useSession();
  const related = useMemo(() => relatedTo(model.path, id), [model, id]);
  const shown = related.filter((one) => mayUse(session, one.model.can.list));
  return (
    <>
      {model.actions['impact'] && <ImpactView model={model} id={id} row={row} />}
      {shown.length === 0 && (
        <EmptyState headingLevel="h2" variant="sm" titleText="Nothing refers to it">
          <EmptyStateBody>There is no kind of object that could.</EmptyStateBody>
        </EmptyState>
      )}
      {shown.map((one) => (
        <RelatedList
          key={`${one.model.path} ${one.field}`}
          of={one}
          id={id}
          isOne={shown.filter(({ model: other }) => other === one.model).length === 1}
        />
      ))}
    </>
  );
}

const refersTo = (value: unknown, id: string | number): boolean =>
  Array.isArray(value) ? value.some((one) => refersTo(one, id)) : String(value) === String(id);

interface RelatedListProps {
  readonly of: Related;
  readonly id: string | number;
  /** Whether the model refers by one field alone. */
  readonly isOne: boolean;
}

function RelatedList({ of, id, isOne }: RelatedListProps) {
  const { model, field, selection, isWhole } = of;
  const list = useWholeList(model.path, selection);
  const rows = useMemo(
    () => (isWhole ? list.rows.filter((row) => refersTo(row[field], id)) : list.rows),
    [isWhole, list.rows, field, id],
  );
  const columns = useMemo(() => columnsOf(model), [model]);
  if (list.isPending) return <Spinner size="md" aria-label="Loading" />;
  if (rows.length === 0 && list.error === null) return null;
  const usual = usualColumns(model).filter((name) => name !== field);
  return (
    <section>
      <Content component="h3">
        {pluralOf(model.path)}
        {isOne ? '' : ` (${inWords(field).toLowerCase()})`}
      </Content>
      <ObjectTable
        model={model}
        list={isWhole ? { ...list, rows, total: rows.length } : list}
        columns={columns}
        usual={usual}
        prefix={`${model.path}.${field}.`}
        short
      />
    </section>
  );
}
