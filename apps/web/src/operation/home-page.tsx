import './operation.css';
import {
  Button,
  Card,
  CardBody,
  CardTitle,
  EmptyState,
  EmptyStateBody,
  EmptyStateFooter,
} from '@patternfly/react-core';
import { useEffect, useEffectEvent } from 'react';
import { Link, useNavigate } from 'react-router';
import { live } from '../api/live.ts';
import { mayUse, useSession } from '../api/session.ts';
import { Page } from '../app/page.tsx';
import { useSite } from '../app/site.ts';
import { Answered } from './answered.tsx';
import { AddressCard, JobCard, MachineCard, SubcontractorCard } from './dashboard-cards.tsx';
import type { Dashboard } from './dashboard.ts';
import { ConcernCard, RecentCard } from './watch-cards.tsx';
import { useAnswer } from './use-answer.ts';

/** How often the numbers are asked for though no event says that they are old, in milliseconds. */
const EVERY_MS = 15_000;
/** How soon after an event, in milliseconds. */
const SOON_MS = 1000;

/** The first page: what there is, how it is, and what wants to be looked at. */
export function HomePage() {
  const [site] = useSite();
  const query = useAnswer<Dashboard>('Records/Dashboard', 'show', site === undefined ? {} : { site }, {
    every: EVERY_MS,
  });
  useSoonAfterEvents(() => void query.refetch());
  return (
    <Page title="Contractor" about={site === undefined ? 'All sites' : `Site ${site}, with the sites within it`}>
      <Answered query={query}>{(found) => <Overview found={found} site={site} />}</Answered>
    </Page>
  );
}

/** Has something done a moment after events, however many they are. */
function useSoonAfterEvents(act: () => void): void {
  const happened = useEffectEvent(act);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = live.listen(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        happened();
      }, SOON_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, []);
}

function Overview({ found, site }: { readonly found: Dashboard; readonly site: string | undefined }) {
  const session = useSession();
  const isEmpty = site === undefined && found.structures?.total === 0 && found.addresses?.blocks === 0;
  return (
    <div className="ct-stack">
      {isEmpty && mayUse(session, 'Building.can_provision') && <Begin />}
      <div className="ct-cards">
        <ConcernCard site={site} />
        {found.structures && (
          <MachineCard title="Structures" path="/structures" site={site} counts={found.structures} />
        )}
        {found.foundations && (
          <MachineCard title="Foundations" path="/foundations" site={site} counts={found.foundations} />
        )}
        {found.jobs && <JobCard jobs={found.jobs} waves={found.waves} site={site} />}
        {found.addresses && <AddressCard addresses={found.addresses} site={site} />}
        {found.subcontractors && <SubcontractorCard subcontractors={found.subcontractors} />}
        {mayUse(session, 'Records.view_request') && <RecentCard />}
        {Object.values(found).every((one) => one === null || typeof one === 'string') && (
          <Card isCompact>
            <CardTitle component="h2">Nothing to see</CardTitle>
            <CardBody>
              You are signed in, and may not see machines, jobs or addresses. Who looks after{' '}
              <Link to="/users">users</Link> can grant it.
            </CardBody>
          </Card>
        )}
      </div>
    </div>
  );
}

/** What an installation that has nothing begins with. */
function Begin() {
  const navigate = useNavigate();
  return (
    <EmptyState headingLevel="h2" variant="sm" titleText="Nothing is built yet">
      <EmptyStateBody>From a site and its network to the first machine that is built, step by step.</EmptyStateBody>
      <EmptyStateFooter>
        <Button onClick={() => void navigate('/start')}>Begin</Button>
      </EmptyStateFooter>
    </EmptyState>
  );
}
