import { EmptyState, EmptyStateBody } from '@patternfly/react-core';
import { useParams } from 'react-router';
import { NotFound } from '../app/not-found.tsx';
import { Page } from '../app/page.tsx';
import { useSite } from '../app/site.ts';
import { pluralOf } from '../model/labels.ts';
import { findModel } from '../model/models.ts';
import { ModelList } from './model-list.tsx';

interface ListPageProps {
  readonly title: string;
  readonly path: string;
  /** Whether it shows the selected site alone. */
  readonly scoped?: boolean;
}

/** The page of the list of one model. */
export function ListPage({ title, path, scoped = false }: ListPageProps) {
  const [site] = useSite();
  const model = findModel(path);
  if (!model || model.can.list === undefined) {
    return (
      <Page title={title}>
        <EmptyState headingLevel="h2" titleText="Not on this server">
          <EmptyStateBody>
            This server does not keep any: its API has no list of <code>{path}</code>.
          </EmptyStateBody>
        </EmptyState>
      </Page>
    );
  }
  return (
    <Page title={title} about={model.doc}>
      <ModelList path={path} site={scoped ? site : undefined} />
    </Page>
  );
}

/** The list of any model, at `/o/<Namespace>/<Model>`. */
export function AnyListPage() {
  const { namespace, noun } = useParams();
  const path = `${namespace}/${noun}`;
  const model = findModel(path);
  if (!model || model.can.list === undefined) return <NotFound />;
  return <ListPage key={path} title={pluralOf(path)} path={path} />;
}
