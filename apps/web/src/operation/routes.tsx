import type { RouteObject } from 'react-router';
import { Navigate } from 'react-router';

/** The first page. */
export const homeRoute: RouteObject = {
  index: true,
  lazy: async () => ({ Component: (await import('./home-page.tsx')).HomePage }),
};

/** How the installation is run. */
export const operationRoutes: RouteObject[] = [
  { path: '/start', lazy: async () => ({ Component: (await import('./first-steps-page.tsx')).FirstStepsPage }) },
  { path: '/timeline', lazy: async () => ({ Component: (await import('./timeline-page.tsx')).TimelinePage }) },
  { path: '/operation', element: <Navigate to="/operation/health" replace /> },
  { path: '/operation/health', lazy: async () => ({ Component: (await import('./health-page.tsx')).HealthPage }) },
  {
    path: '/operation/subcontractors',
    lazy: async () => ({ Component: (await import('./subcontractors-page.tsx')).SubcontractorsPage }),
  },
  { path: '/operation/holds', lazy: async () => ({ Component: (await import('./holds-page.tsx')).HoldsPage }) },
  {
    path: '/operation/webhooks',
    lazy: async () => ({ Component: (await import('./webhooks-page.tsx')).WebhooksPage }),
  },
  {
    path: '/operation/deadletters',
    lazy: async () => ({ Component: (await import('./dead-letters-page.tsx')).DeadLettersPage }),
  },
  {
    path: '/operation/readmodels',
    lazy: async () => ({ Component: (await import('./read-models-page.tsx')).ReadModelsPage }),
  },
  { path: '/operation/log', lazy: async () => ({ Component: (await import('./log-page.tsx')).LogPage }) },
  {
    path: '/operation/settings',
    lazy: async () => ({ Component: (await import('./settings-page.tsx')).SettingsPage }),
  },
];
