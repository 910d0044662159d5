import { Component } from 'react';
import type { ReactNode } from 'react';
import { useLocation, useRouteError } from 'react-router';
import { ProblemView } from './problem-view.tsx';

interface State {
  readonly error?: unknown;
}

/** Shows what went wrong in the place of the part of the page that did. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = {};

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    return <ProblemView error={this.state.error} retry={() => this.setState({ error: undefined })} />;
  }
}

/** The same for a page: another page begins anew. */
export function PageBoundary({ children }: { readonly children: ReactNode }) {
  const { pathname } = useLocation();
  return <ErrorBoundary key={pathname}>{children}</ErrorBoundary>;
}

/** What the router shows where a page could not be loaded: after an update of the server its parts have other names. */
export function RouteError() {
  return <ProblemView error={useRouteError()} retry={() => window.location.reload()} />;
}
