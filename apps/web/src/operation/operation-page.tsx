import './operation.css';
import { Nav, NavItem, NavList } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'react-router';
import { mayUse, useSession } from '../api/session.ts';
import { Page } from '../app/page.tsx';
import { parts } from './parts.ts';

interface OperationPageProps {
  readonly title: string;
  readonly about?: ReactNode;
  readonly beside?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page about how the installation is run, with the way to the others. */
export function OperationPage({ children, ...page }: OperationPageProps) {
  const session = useSession();
  const { pathname } = useLocation();
  const shown = parts.filter(
    ({ permissions }) => permissions.length === 0 || permissions.some((one) => mayUse(session, one)),
  );
  return (
    <Page {...page}>
      <Nav variant="horizontal-subnav" aria-label="Operation">
        <NavList>
          {shown.map(({ label, path }) => (
            <NavItem key={path} isActive={pathname === path}>
              <Link to={path}>{label}</Link>
            </NavItem>
          ))}
        </NavList>
      </Nav>
      <div className="ct-tab ct-stack">{children}</div>
    </Page>
  );
}
