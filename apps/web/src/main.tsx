import '@patternfly/react-core/dist/styles/base.css';
import './app/app.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { queryClient } from './api/query-client.ts';
import { askAhead } from './app/ask-ahead.ts';
import { routes } from './app/routes.tsx';

const element = document.getElementById('app');
if (!element) throw new Error('the page has no place for the UI');
askAhead(routes, window.location);
createRoot(element).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={createBrowserRouter(routes)} />
    </QueryClientProvider>
  </StrictMode>,
);
