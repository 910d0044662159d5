import { Label } from '@patternfly/react-core';
import { colorOf } from '../model/states.ts';

/** States in the order in which they are told; others stand behind. */
const ORDER = ['planned', 'located', 'built', 'waiting', 'queued', 'running', 'paused', 'error', 'aborted', 'done'];

const rank = (state: string): number => (ORDER.includes(state) ? ORDER.indexOf(state) : ORDER.length);

/** How many are in which state: as a bar, and in words. */
export function StateBar({
  states,
  label,
}: {
  readonly states: Readonly<Record<string, number>>;
  readonly label: string;
}) {
  const counted = Object.entries(states)
    .filter(([, count]) => count > 0)
    .toSorted(([one], [other]) => rank(one) - rank(other));
  const total = counted.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return null;
  return (
    <>
      <div
        className="ct-bar"
        role="img"
        aria-label={`${label}: ${counted.map(([state, n]) => `${n} ${state}`).join(', ')}`}
      >
        {counted.map(([state, count]) => (
          <span key={state} className={`ct-bar-${colorOf(state)}`} style={{ width: `${(100 * count) / total}%` }} />
        ))}
      </div>
      <div className="ct-chips">
        {counted.map(([state, count]) => (
          <Label key={state} isCompact color={colorOf(state)}>
            {count.toLocaleString('en')} {state}
          </Label>
        ))}
      </div>
    </>
  );
}
