import { Alert } from '@patternfly/react-core';
import { Link } from 'react-router';
import { objectPath } from '../../model/places.ts';
import { TimeText } from '../../model/time-text.tsx';
import { linksOf } from '../board/why.tsx';
import type { Condition } from '../job.ts';
import { HoldActions } from '../order/hold-actions.tsx';

const VARIANTS: Readonly<Record<string, 'danger' | 'warning'>> = {
  error: 'danger',
  'task-lost': 'danger',
  aborted: 'danger',
  database: 'warning',
  wire: 'warning',
  paused: 'warning',
  'agent-absent': 'warning',
  'program-missing': 'warning',
};

/** Why a job does not move: each reason with what it is about, and what can be done there. */
export const WhyList = ({ conditions }: { readonly conditions: readonly Condition[] }) => (
  <div className="ct-stack-tight" role="list" aria-label="Why it does not move">
    {conditions.map((one) => (
      <div role="listitem" key={`${one.name} ${one.text}`}>
        <Alert isInline variant={VARIANTS[one.name] ?? 'info'} title={one.text}>
          <Reason condition={one} />
        </Alert>
      </div>
    ))}
  </div>
);

function Reason({ condition }: { readonly condition: Condition }) {
  const { since, until } = condition;
  const links = linksOf(condition);
  const holds = links.filter(({ model }) => model === 'Foreman/Hold');
  if (links.length === 0 && since === null && until === null) return null;
  return (
    <span className="ct-facts">
      {since !== null && (
        <span>
          since <TimeText time={since} />
        </span>
      )}
      {until !== null && (
        <span>
          until <TimeText time={until} />
        </span>
      )}
      {links.map(({ model, id }) => (
        <Link key={`${model} ${id}`} to={objectPath(model, id)}>
          {model.split('/')[1]} {id}
        </Link>
      ))}
      {holds.map(({ id }) => (
        <HoldActions key={id} id={id} />
      ))}
    </span>
  );
}
