import type { ReadModel } from '#read-store';
import { change, rule } from '#read-store';
import type { TargetMachine, KeptMachine } from './deprovision.ts';

/** Machines that are taken down together, as it is shown. */
export interface DeprovisionRow {
  readonly site: string;
  readonly creator: string;
  readonly total: number;
  /** Those that are still there and are to go. */
  readonly open: readonly TargetMachine[];
  readonly removed: number;
  /** Names of those that stay, each with why: `web01: its destroy job was cancelled`. */
  readonly kept: readonly string[];
  /** Who has cancelled it. */
  readonly cancelled: string | null;
  readonly created: string;
  readonly updated: string;
}

interface Begun {
  readonly site: string;
  readonly creator: string;
  readonly machines: readonly TargetMachine[];
}

/** Whether machines are still to go. */
export const isOpen = ({ open }: Pick<DeprovisionRow, 'open'>): boolean => open.length > 0;

const without = (open: readonly TargetMachine[], gone: readonly number[]): readonly TargetMachine[] => {
  const ids = new Set(gone);
  return open.filter(({ structure }) => !ids.has(structure));
};

/** What becomes of machines that are taken down, by the id of the command. */
export const deprovisions: ReadModel<DeprovisionRow> = {
  name: 'deprovisions',
  version: 1,
  key: 'integer',
  history: false,
  indexes: { site: ({ site }) => site, open: (row) => (isOpen(row) ? 'yes' : null) },
  on: {
    DeprovisionBegun: rule<DeprovisionRow, Begun>((_, { data: { machines, ...data }, at }) => ({
      ...data,
      total: machines.length,
      open: machines,
      removed: 0,
      kept: [],
      cancelled: null,
      created: at,
      updated: at,
    })),
    MachinesRemoved: change<DeprovisionRow, { readonly structures: readonly number[] }>((row, { data, at }) => ({
      ...row,
      open: without(row.open, data.structures),
      removed: row.removed + data.structures.length,
      updated: at,
    })),
    MachinesKept: change<DeprovisionRow, { readonly machines: readonly KeptMachine[] }>((row, { data, at }) => ({
      ...row,
      open: without(
        row.open,
        data.machines.map(({ structure }) => structure),
      ),
      kept: [
        ...row.kept,
        ...data.machines.map(
          ({ structure, reason }) =>
            `${row.open.find((one) => one.structure === structure)?.hostname ?? structure}: ${reason}`,
        ),
      ],
      updated: at,
    })),
    DeprovisionCanceled: change<DeprovisionRow, { readonly by: string }>((row, { data, at }) => ({
      ...row,
      open: [],
      kept: [...row.kept, ...row.open.map(({ hostname }) => `${hostname}: cancelled by ${data.by}`)],
      cancelled: data.by,
      updated: at,
    })),
  },
};
