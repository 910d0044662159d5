import './jobs.css';
import { Skeleton } from '@patternfly/react-core';
import { lazy, Suspense } from 'react';
import type { ComponentType } from 'react';
import { useSearchParams } from 'react-router';
import { mayUse, useSession } from '../api/session.ts';
import { PageBoundary } from '../app/error-boundary.tsx';
import { Page } from '../app/page.tsx';
import { PANEL, PanelTabs } from '../app/panel-tabs.tsx';
import { useSite } from '../app/site.ts';
import { BoardTab } from './board/board-tab.tsx';

interface PageTab {
  readonly id: string;
  readonly label: string;
  readonly permission: string;
  readonly Component: ComponentType;
}

const TABS: readonly PageTab[] = [
  { id: 'board', label: 'Under way', permission: 'Foreman.view_basejob', Component: BoardTab },
  {
    id: 'waves',
    label: 'Waves',
    permission: 'Foreman.view_wave',
    Component: lazy(async () => ({ default: (await import('./order/waves-tab.tsx')).WavesTab })),
  },
  {
    id: 'limits',
    label: 'Limits',
    permission: 'Foreman.view_limit',
    Component: lazy(async () => ({ default: (await import('./order/limits-tab.tsx')).LimitsTab })),
  },
  {
    id: 'windows',
    label: 'Windows',
    permission: 'Foreman.view_maintenancewindow',
    Component: lazy(async () => ({ default: (await import('./order/windows-tab.tsx')).WindowsTab })),
  },
  {
    id: 'holds',
    label: 'Holds',
    permission: 'Foreman.view_hold',
    Component: lazy(async () => ({ default: (await import('./order/holds-tab.tsx')).HoldsTab })),
  },
];

/** The jobs under way, and what keeps them in order. */
export function JobsPage() {
  const session = useSession();
  const [site] = useSite();
  const [search, setSearch] = useSearchParams();
  const shown = TABS.filter(({ permission }) => mayUse(session, permission));
  const wanted = search.get('tab');
  const tab = shown.find(({ id }) => id === wanted) ?? shown[0];
  // Another tab has another list: its filters do not go with it.
  const choose = (id: string): void =>
    setSearch({ ...(site === undefined ? {} : { site }), ...(id === 'board' ? {} : { tab: id }) });
  return (
    <Page title="Jobs">
      <PanelTabs label="About jobs" tabs={shown} chosen={tab?.id} onChoose={choose} />
      {tab && (
        <div className="ct-tab-body" id={PANEL} role="tabpanel" aria-label={tab.label}>
          <PageBoundary key={tab.id}>
            <Suspense fallback={<Skeleton screenreaderText="Loading" height="8rem" />}>
              <tab.Component />
            </Suspense>
          </PageBoundary>
        </div>
      )}
    </Page>
  );
}
