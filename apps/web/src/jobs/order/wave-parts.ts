import type { Row } from '../../model/types.ts';

/** A part of the targets of a wave. */
export interface WavePart {
  readonly name: 'done' | 'skipped' | 'failed' | 'running' | 'waiting';
  readonly count: number;
  /** How much of all that is. */
  readonly percent: number;
}

const NAMES = ['done', 'skipped', 'failed', 'running', 'waiting'] as const;

/** How far a wave is: its targets by how they stand, those that are over first; what is none of is left out. */
export function wavePartsOf(wave: Row): readonly WavePart[] {
  const total = NAMES.reduce((sum, name) => sum + Number(wave[name] ?? 0), 0);
  return NAMES.flatMap((name) => {
    const count = Number(wave[name] ?? 0);
    return count === 0 ? [] : [{ name, count, percent: (count / total) * 100 }];
  });
}
