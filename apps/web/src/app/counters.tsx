import { Label, Tooltip } from '@patternfly/react-core';
import { BellIcon } from '@patternfly/react-icons/dist/esm/icons/bell-icon';
import { CogsIcon } from '@patternfly/react-icons/dist/esm/icons/cogs-icon';
import { useQueries } from '@tanstack/react-query';
import { Link } from 'react-router';
import { keys } from '../api/query-keys.ts';
import { call } from '../api/request.ts';
import { mayUse, useSession } from '../api/session.ts';
import { useWholeList } from '../list/use-whole-list.ts';
import { useSite, withSite } from './site.ts';

interface JobStats {
  readonly running: number;
  readonly error: number;
}

/** How many sites are asked about at most, where all are selected. */
const MAX_SITES = 200;

/** How many jobs there are at the selected site, or at all sites, and how many of them are in trouble. */
export function Counters() {
  const session = useSession();
  const [site] = useSite();
  const may = mayUse(session, 'Foreman.can_base_job');
  const { rows } = useWholeList('Site/Site', {}, may && mayUse(session, 'Site.view_site'));
  const sites = site === undefined ? rows.slice(0, MAX_SITES).map(({ name }) => String(name)) : [site];
  const answers = useQueries({
    queries: may
      ? sites.map((one) => ({
          queryKey: keys.action('Foreman/BaseJob', 'jobStats', one),
          queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
            call<JobStats>('/Foreman/BaseJob/jobStats', { site: one }, { signal }),
        }))
      : [],
  });
  if (!may) return null;
  const sum = (of: keyof JobStats): number => answers.reduce((total, { data }) => total + (data?.[of] ?? 0), 0);
  const [running, error] = [sum('running'), sum('error')];
  const jobs = withSite('/jobs', site);
  return (
    <div className="ct-counters" aria-live="off">
      <Tooltip content="Jobs">
        <Link to={jobs} aria-label={`Jobs: ${running}`}>
          <Label isCompact icon={<CogsIcon />} color={running > 0 ? 'blue' : 'grey'}>
            {running}
          </Label>
        </Link>
      </Tooltip>
      <Tooltip content="Alerts: jobs that are paused, aborted or in error">
        <Link to={jobs} aria-label={`Alerts: ${error}`}>
          <Label isCompact icon={<BellIcon />} color={error > 0 ? 'red' : 'grey'}>
            {error}
          </Label>
        </Link>
      </Tooltip>
    </div>
  );
}
