import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { keys } from '../../api/query-keys.ts';
import { call } from '../../api/request.ts';
import { mayUse, useSession } from '../../api/session.ts';
import type { Column } from '../../list/column.ts';
import { columnsOf } from '../../list/columns-of.tsx';
import { ObjectTable } from '../../list/object-table.tsx';
import { useWholeList } from '../../list/use-whole-list.ts';
import { modelAt } from '../../model/models.ts';

const MODEL = 'Foreman/Limit';
const USUAL = ['id', 'site', 'complex', 'module', 'usage', 'max_jobs', 'updated'];

interface Limits {
  readonly limits: readonly { readonly id: string; readonly running: number }[];
}

/** Limits, each with how many jobs or tasks it counts now. */
export function LimitsTab() {
  const model = modelAt(MODEL);
  const may = mayUse(useSession(), 'Foreman.view_basejob');
  const asked = { count: 0 };
  const { data } = useQuery({
    queryKey: keys.action('Foreman/BaseJob', 'board', asked),
    queryFn: ({ signal }) => call<Limits>('/Foreman/BaseJob/board', asked, { signal }),
    enabled: may,
  });
  const columns = useMemo((): readonly Column[] => {
    const running = new Map(data?.limits.map((one) => [one.id, one.running]));
    return [
      ...columnsOf(model),
      {
        id: 'usage',
        label: 'In use',
        width: 'narrow',
        value: (row) => running.get(String(row['id'])),
        view: (row) => {
          const [count, most] = [running.get(String(row['id'])), Number(row['max_jobs'])];
          if (count === undefined) return <span className="ct-none">–</span>;
          return (
            <span className={count >= most ? 'ct-late' : undefined}>
              {count} of {most}
            </span>
          );
        },
      },
    ];
  }, [model, data]);
  return (
    <ObjectTable
      model={model}
      list={useWholeList(MODEL)}
      columns={columns}
      usual={USUAL}
      empty="A limit says how many jobs of a site or on a complex may have begun at a time, or how many tasks of a module may be at agents. Without one, all begin."
    />
  );
}
