/** A run of addresses with one use, as a block tells it. */
export interface Run {
  readonly first: string;
  readonly last: string;
  readonly count: number | string;
  /** `Free`, `Gateway`, `Held`, or a model of addresses: `Address`, `ReservedAddress`, `DynamicAddress`. */
  readonly use: string;
  readonly since?: string;
  readonly networked?: number | null;
  readonly interface_name?: string | null;
  readonly reason?: string | null;
  readonly until?: string;
  readonly pxe?: string | null;
  readonly lent?: unknown;
}

/** One address of a map. */
export interface Cell {
  readonly address: string;
  readonly run: Run;
}

/** Blocks of more addresses are shown by their ranges. */
export const MAX_CELLS = 1024;

const asNumber = (address: string): number => address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);

const asAddress = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

/** How many addresses runs have; infinite where a number cannot tell. */
export const sizeOf = (runs: readonly Run[]): number =>
  runs.reduce((sum, { count }) => sum + (typeof count === 'number' ? count : Number.POSITIVE_INFINITY), 0);

/** Every address of some runs by itself; undefined where they are too many, or of IPv6, which is read by ranges. */
export function cellsOf(runs: readonly Run[]): readonly Cell[] | undefined {
  if (sizeOf(runs) > MAX_CELLS || runs.some(({ first }) => first.includes(':'))) return undefined;
  return runs.flatMap((run) => {
    const from = asNumber(run.first);
    return Array.from({ length: Number(run.count) }, (_, at) => ({ address: asAddress(from + at), run }));
  });
}

/** What a use is called. */
export const USES: Readonly<Record<string, string>> = {
  Free: 'Free',
  Gateway: 'Gateway',
  Held: 'Held',
  Address: 'In use',
  ReservedAddress: 'Reserved',
  DynamicAddress: 'Dynamic',
};

/** Where a key leads in a grid of so many columns; undefined: it leads nowhere. */
export function cellAt(key: string, at: number, columns: number, count: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    Home: -at,
    End: count - 1 - at,
  };
  const step = steps[key];
  if (step === undefined) return undefined;
  const next = at + step;
  return next >= 0 && next < count ? next : at;
}
