import { Spinner } from '@patternfly/react-core';
import type { RouteObject } from 'react-router';
import { jobRoutes } from '../jobs/routes.tsx';
import { nounRoutes } from '../nouns/routes.tsx';
import { homeRoute, operationRoutes } from '../operation/routes.tsx';
import { pictureRoutes } from '../pictures/routes.tsx';
import { searchRoutes } from '../search/routes.tsx';
import { sessionRoutes, signInRoutes } from '../session/routes.tsx';
import { RouteError } from './error-boundary.tsx';
import { NotFound } from './not-found.tsx';
import { Shell } from './shell.tsx';

/** All pages: each area has its own list. What stands first at a path counts. */
export const routes: RouteObject[] = [
  ...signInRoutes,
  {
    element: <Shell />,
    hydrateFallbackElement: <Spinner aria-label="Loading" className="ct-centre" />,
    children: [
      {
        errorElement: <RouteError />,
        children: [
          homeRoute,
          ...jobRoutes,
          ...pictureRoutes,
          ...operationRoutes,
          ...searchRoutes,
          ...sessionRoutes,
          ...nounRoutes,
          { path: '*', element: <NotFound /> },
        ],
      },
    ],
  },
];
