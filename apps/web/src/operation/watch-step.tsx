import { Progress } from '@patternfly/react-core';
import { Link } from 'react-router';
import { objectPath } from '../model/places.ts';
import { StateLabel } from '../model/state-label.tsx';
import { Answered } from './answered.tsx';
import type { Board } from './dashboard.ts';
import { useAnswer } from './use-answer.ts';

/** How often it is looked at, in milliseconds. */
const EVERY_MS = 1000;

/** The jobs of a site as they get on. */
export function WatchStep({ site }: { readonly site: string }) {
  const query = useAnswer<Board>('Foreman/BaseJob', 'board', { site, count: 50 }, { every: EVERY_MS });
  return (
    <Answered query={query}>
      {({ jobs }) =>
        jobs.length === 0 ? (
          <p>No job is under way: what had to be built is built, or nothing has asked for it.</p>
        ) : (
          <div className="ct-lines" aria-live="polite">
            {jobs.map(({ id, model, name, script_name: script, state, percent, message }) => (
              <div key={id}>
                <div className="ct-line">
                  <StateLabel state={state} />
                  <Link to={objectPath(model, id)}>
                    {script} {name}
                  </Link>
                  <span className="ct-small">{message}</span>
                </div>
                <Progress value={Math.round(percent)} aria-label={`${script} ${name}`} size="sm" />
              </div>
            ))}
          </div>
        )
      }
    </Answered>
  );
}
