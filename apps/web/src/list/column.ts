import type { ReactNode } from 'react';
import type { Row } from '../model/types.ts';

/** A column of a list. */
export interface Column {
  readonly id: string;
  readonly label: string;
  /** What it is sorted by, and what stands in files: numbers sort as numbers. */
  readonly value: (row: Row) => unknown;
  readonly view: (row: Row) => ReactNode;
  /** Narrow ones are for states, numbers and times. */
  readonly width?: 'narrow' | 'wide';
  /** Whether it has few different values, so that one can choose among them. */
  readonly isFacet?: boolean;
}
