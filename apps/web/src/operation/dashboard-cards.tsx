import { Card, CardBody, CardTitle, Label, Progress, ProgressSize } from '@patternfly/react-core';
import { Link } from 'react-router';
import { withSite } from '../app/site.ts';
import { objectPath } from '../model/places.ts';
import { TimeText } from '../model/time-text.tsx';
import type { Counts, Dashboard } from './dashboard.ts';
import { countText } from './health.ts';
import { StateBar } from './state-bar.tsx';

type Part<K extends keyof Dashboard> = NonNullable<Dashboard[K]>;
interface OfSite {
  readonly site: string | undefined;
}

/** How many of what those that are gone, and of the fullest blocks, are named. */
const MAX_NAMED = 5;

/** Machines by state. */
export function MachineCard({
  title,
  path,
  site,
  counts: { total, states },
}: OfSite & { readonly title: string; readonly path: string; readonly counts: Counts }) {
  return (
    <Card isCompact>
      <CardTitle component="h2">
        <Link to={withSite(path, site)}>{title}</Link>
      </CardTitle>
      <CardBody>
        <div className="ct-number">{total.toLocaleString('en')}</div>
        <StateBar states={states} label={title} />
      </CardBody>
    </Card>
  );
}

/** Jobs by state, and what of them waits. */
export function JobCard({
  jobs: { total, states, slow, held },
  waves,
  site,
}: OfSite & { readonly jobs: Part<'jobs'>; readonly waves: Counts | null }) {
  const [running = 0, paused = 0] = [waves?.states['running'], waves?.states['paused']];
  return (
    <Card isCompact>
      <CardTitle component="h2">
        <Link to={withSite('/jobs', site)}>Jobs</Link>
      </CardTitle>
      <CardBody>
        <div className="ct-number">{total.toLocaleString('en')}</div>
        <StateBar states={states} label="Jobs" />
        <div className="ct-chips ct-tab">
          {slow > 0 && (
            <Label isCompact color="orange">
              {slow} slow
            </Label>
          )}
          {held > 0 && (
            <Link to="/operation/holds">
              <Label isCompact color="orange">
                {held} held
              </Label>
            </Link>
          )}
          {running > 0 && (
            <Label isCompact color="blue">
              {countText(running, 'wave')} running
            </Label>
          )}
          {paused > 0 && (
            <Label isCompact color="orange">
              {countText(paused, 'wave')} paused
            </Label>
          )}
        </div>
      </CardBody>
    </Card>
  );
}

/** How full the address blocks are. */
export function AddressCard({
  addresses: { blocks, used, ipv4, full, fullest },
  site,
}: OfSite & { readonly addresses: Part<'addresses'> }) {
  return (
    <Card isCompact>
      <CardTitle component="h2">
        <Link to={withSite('/addressblocks', site)}>Addresses</Link>
      </CardTitle>
      <CardBody>
        <div className="ct-line">
          <span className="ct-number">{used.toLocaleString('en')}</span>
          <span className="ct-small">
            used in {countText(blocks, 'block')}
            {ipv4.usable > 0 && ` · ${ipv4.percent} % of IPv4`}
          </span>
          {full > 0 && (
            <Label isCompact color="orange">
              {countText(full, 'block')} at 90 % or more
            </Label>
          )}
        </div>
        <div className="ct-lines ct-tab">
          {fullest.slice(0, MAX_NAMED).map(({ id, name, site: at, subnet, percent }) => (
            <div key={id}>
              <div className="ct-line">
                <Link to={objectPath('Utilities/AddressBlock', id)}>{name}</Link>
                <span className="ct-small">
                  {subnet}
                  {site === undefined && ` · ${at}`}
                </span>
              </div>
              <Progress
                aria-label={`${name} is used`}
                value={percent}
                size={ProgressSize.sm}
                measureLocation="outside"
                label={`${percent} %`}
                {...(percent >= 90 ? { variant: 'warning' as const } : {})}
              />
            </div>
          ))}
        </div>
      </CardBody>
    </Card>
  );
}

/** Which subcontractors are there, and which are not any more. */
export function SubcontractorCard({
  subcontractors: { present, modules, gone },
}: {
  readonly subcontractors: Part<'subcontractors'>;
}) {
  return (
    <Card isCompact>
      <CardTitle component="h2">
        <Link to="/operation/subcontractors">Subcontractors</Link>
      </CardTitle>
      <CardBody>
        <div className="ct-line">
          <span className="ct-number">{present}</span>
          <span className="ct-small">there, beside the one inside the server</span>
        </div>
        <div className="ct-chips ct-tab">
          {Object.entries(modules).map(([name, count]) => (
            <Label key={name} isCompact color="blue">
              {name} × {count}
            </Label>
          ))}
        </div>
        <div className="ct-lines ct-tab">
          {gone.slice(0, MAX_NAMED).map(({ id, agent, site, since }) => (
            <div key={id} className="ct-line ct-line-ends">
              <Label isCompact color="red">
                gone
              </Label>
              <Link to={objectPath('SubContractor/Subcontractor', id)}>{agent}</Link>
              <span className="ct-small">{site ?? 'all sites'}</span>
              <span className="ct-small">
                <TimeText time={since} />
              </span>
            </div>
          ))}
        </div>
      </CardBody>
    </Card>
  );
}
