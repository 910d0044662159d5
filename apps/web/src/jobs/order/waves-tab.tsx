import { useMemo } from 'react';
import type { Column } from '../../list/column.ts';
import { columnsOf } from '../../list/columns-of.tsx';
import { ObjectTable } from '../../list/object-table.tsx';
import { useWholeList } from '../../list/use-whole-list.ts';
import { modelAt } from '../../model/models.ts';
import type { Row } from '../../model/types.ts';
import type { RowAction } from './row-actions.tsx';
import { RowActions } from './row-actions.tsx';
import { WaveBar } from './wave-bar.tsx';

const MODEL = 'Foreman/Wave';
const USUAL = ['id', 'description', 'script_name', 'state', 'progress', 'batches', 'message', 'created', 'actions'];

const ACTIONS: readonly (RowAction & { readonly states: readonly string[] })[] = [
  { name: 'pause', label: 'Pause', done: 'Wave paused', states: ['running'] },
  { name: 'resume', label: 'Resume', done: 'Wave resumed', states: ['paused'] },
  {
    name: 'cancel',
    label: 'Cancel',
    done: 'Wave cancelled',
    states: ['running', 'paused'],
    asks: 'No more jobs are made. Those of its jobs that have not begun are cancelled, those that have go on.',
  },
];

/** What can be done with a wave as it stands. */
const actionsOfWave = ({ state }: Row): readonly RowAction[] =>
  ACTIONS.filter(({ states }) => states.includes(String(state)));

/** Waves, and how far each is. */
export function WavesTab() {
  const model = modelAt(MODEL);
  const list = useWholeList(MODEL);
  const columns = useMemo(
    (): readonly Column[] => [
      ...columnsOf(model).filter(({ id }) => id !== 'batches'),
      {
        id: 'progress',
        label: 'Progress',
        value: (row) => Number(row['done']) / Math.max(1, Number(row['total'])),
        view: (row) => <WaveBar wave={row} />,
      },
      {
        id: 'batches',
        label: 'Batch',
        width: 'narrow',
        value: (row) => row['batch'],
        view: (row) => `${String(row['batch'])} of ${String(row['batches'])}`,
      },
      {
        id: 'actions',
        label: 'Actions',
        value: () => null,
        view: (row) => <RowActions model={MODEL} id={row['id'] as number} actions={actionsOfWave(row)} />,
      },
    ],
    [model],
  );
  return (
    <ObjectTable
      model={model}
      list={list}
      columns={columns}
      usual={USUAL}
      empty="A wave runs a utility script on many foundations or structures, batch by batch, and pauses when too many fail."
    />
  );
}
