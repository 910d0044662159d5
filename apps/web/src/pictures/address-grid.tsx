import { useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import type { Cell } from './address-cells.ts';
import { cellAt, USES } from './address-cells.ts';
import type { Hosts } from './address-map-tab.tsx';
import { RunText } from './run-text.tsx';

/** How many cells a row of the grid has as it is drawn now. */
const columnsOf = (grid: HTMLElement): number => getComputedStyle(grid).gridTemplateColumns.split(' ').length;

/** The addresses of a small block, a cell each; the arrow keys lead from one to the next. */
export function AddressGrid({ cells, hosts }: { readonly cells: readonly Cell[]; readonly hosts: Hosts }) {
  const [selected, setSelected] = useState(0);
  const grid = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent): void => {
    if (!grid.current) return;
    const next = cellAt(event.key, selected, columnsOf(grid.current), cells.length);
    if (next === undefined) return;
    event.preventDefault();
    setSelected(next);
    grid.current.querySelectorAll('button')[next]?.focus();
  };
  const cell = cells[Math.min(selected, cells.length - 1)];
  return (
    <>
      <div
        ref={grid}
        className="ct-cells"
        role="toolbar"
        aria-label="Addresses; the arrow keys lead from one to the next"
        onKeyDown={move}
      >
        {cells.map(({ address, run }, at) => {
          const name = hosts[String(run.networked)]?.name;
          const text = `${address} ${USES[run.use] ?? run.use}${name === undefined ? '' : ` by ${name}`}`;
          return (
            <button
              key={address}
              type="button"
              className={`ct-cell ct-cell-${run.use}`}
              title={text}
              aria-label={text}
              aria-pressed={at === selected}
              tabIndex={at === selected ? 0 : -1}
              onClick={() => setSelected(at)}
            />
          );
        })}
      </div>
      {cell && (
        <p aria-live="polite">
          <strong>{cell.address}</strong> <RunText run={cell.run} hosts={hosts} />
        </p>
      )}
    </>
  );
}
