import type { Row } from '../../model/types.ts';
import { wavePartsOf } from './wave-parts.ts';

/** How far a wave is, as a bar of parts; in words for those who do not see it. */
export function WaveBar({ wave }: { readonly wave: Row }) {
  const parts = wavePartsOf(wave);
  const words = parts.map(({ name, count }) => `${count.toLocaleString()} ${name}`).join(', ');
  return (
    <span className="ct-wave" role="img" aria-label={words} title={words}>
      {parts.map(({ name, percent }) => (
        <span key={name} className={`ct-wave-part ct-wave-${name}`} style={{ width: `${percent}%` }} />
      ))}
    </span>
  );
}
