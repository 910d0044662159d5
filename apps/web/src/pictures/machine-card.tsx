import { memo } from 'react';
import { Link } from 'react-router';
import { objectPath } from '../model/places.ts';
import { StateLabel } from '../model/state-label.tsx';

interface MachineCardProps {
  readonly locator: string;
  /** Of its foundation; undefined: it is not known. */
  readonly state: string | undefined;
  /** What it is beside that, as in `units 3 to 4`. */
  readonly where?: string;
  /** Whether it is the one that is looked at. */
  readonly isCurrent?: boolean;
}

/** A machine in the picture of a plot: its name leads to its foundation. */
export const MachineCard = memo(function MachineCard({ locator, state, where, isCurrent }: MachineCardProps) {
  return (
    <div className={`ct-machine ct-machine-${state ?? 'unknown'}${isCurrent ? ' ct-machine-current' : ''}`}>
      <Link
        to={objectPath('Building/Foundation', locator)}
        title={where ? `${locator}, ${where}` : locator}
        aria-current={isCurrent ? 'true' : undefined}
      >
        {locator}
      </Link>
      {where !== undefined && <span className="pf-v6-screen-reader">{where}</span>}
      {state !== undefined && <StateLabel state={state} />}
    </div>
  );
});
