import { Breadcrumb, BreadcrumbItem, Content, PageSection } from '@patternfly/react-core';
import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

interface PageProps {
  readonly title: string;
  /** Beside the title: chips. */
  readonly beside?: ReactNode;
  /** At the end of the line of the title: buttons. */
  readonly actions?: ReactNode;
  readonly about?: ReactNode;
  /** What leads here: each with where it is. */
  readonly trail?: readonly (readonly [label: string, path: string])[];
  readonly children: ReactNode;
}

/** A page of the UI: its heading, which is that of the document too, and its content. */
export function Page({ title, beside, actions, about, trail, children }: PageProps) {
  useEffect(() => {
    document.title = title === 'Contractor' ? title : `${title} · Contractor`;
  }, [title]);
  return (
    <>
      <PageSection hasBodyWrapper={false} className="ct-head">
        {trail && (
          <Breadcrumb>
            {trail.map(([label, path]) => (
              <BreadcrumbItem key={path}>
                <Link to={path}>{label}</Link>
              </BreadcrumbItem>
            ))}
            <BreadcrumbItem isActive>{title}</BreadcrumbItem>
          </Breadcrumb>
        )}
        <div className="ct-title">
          <Content component="h1">{title}</Content>
          {beside}
          {actions !== undefined && <div className="ct-actions">{actions}</div>}
        </div>
        {about !== undefined && <Content component="p">{about}</Content>}
      </PageSection>
      <PageSection hasBodyWrapper={false} isFilled className="ct-body">
        {children}
      </PageSection>
    </>
  );
}
