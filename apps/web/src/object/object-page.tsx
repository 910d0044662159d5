import { Alert, Skeleton } from '@patternfly/react-core';
import { Suspense } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { Problem, textOf } from '../api/problem.ts';
import { useSession } from '../api/session.ts';
import { Page } from '../app/page.tsx';
import { PANEL, PanelTabs } from '../app/panel-tabs.tsx';
import { PageBoundary } from '../app/error-boundary.tsx';
import { ProblemView } from '../app/problem-view.tsx';
import { nounOf, pluralOf } from '../model/labels.ts';
import { listPath } from '../model/places.ts';
import { StateLabel } from '../model/state-label.tsx';
import type { Row } from '../model/types.ts';
import { objectActions } from './object-actions.ts';
import { objectTabs } from './tabs.ts';
import { useObject } from './use-object.ts';

/** What people know an object by, beside its id. */
const nameOf = (row: Row): string | undefined => {
  const name = row['hostname'] ?? row['name'] ?? row['description'];
  return typeof name === 'string' && name !== '' ? name : undefined;
};

/** Whether an object is not there any more, or no more for who looks: what was read of it before is shown no longer. */
const isGone = (error: unknown): boolean => error instanceof Problem && (error.status === 404 || error.status === 403);

/** The page of an object of one model; its id is in the URL. */
export function ObjectPage({ path }: { readonly path: string }) {
  const { id = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const session = useSession();
  const { data, error, isPending, refetch } = useObject(path, id);
  const noun = nounOf(path);
  const trail = [[pluralOf(path), listPath(path)]] as const;
  if (isPending) {
    return (
      <Page title={`${noun} ${id}`} trail={trail}>
        <Skeleton screenreaderText="Loading" height="12rem" />
      </Page>
    );
  }
  if (!data || isGone(error)) {
    return (
      <Page title={`${noun} ${id}`} trail={trail}>
        {error instanceof Problem && error.status === 404 ? (
          <ProblemView
            error={new Problem(404, { title: `There is no ${noun.toLowerCase()} ${id}`, detail: error.message })}
          />
        ) : (
          <ProblemView error={error} retry={() => void refetch()} />
        )}
      </Page>
    );
  }
  const { model, row } = data;
  const tabs = objectTabs.filter(({ applies }) => applies(model, session, row));
  const tab = tabs.find((one) => one.id === search.get('tab')) ?? tabs[0];
  const choose = (next: string): void => {
    const query = new URLSearchParams(search);
    query.set('tab', next);
    query.delete('at');
    setSearch(query, { replace: true });
  };
  const name = nameOf(row);
  return (
    <Page
      title={name === undefined || name === id ? `${noun} ${id}` : `${noun} ${name}`}
      trail={trail}
      beside={typeof row['state'] === 'string' ? <StateLabel state={row['state']} /> : undefined}
      about={model.doc}
      actions={objectActions
        .filter(({ applies }) => applies(model, session, row))
        .map(({ id: action, Component }) => (
          <Component key={action} model={model} id={id} row={row} etag={data.etag} />
        ))}
    >
      {error && (
        <Alert isInline variant="warning" title="This is how it was: it could not be read again">
          {textOf(error)}
        </Alert>
      )}
      <PanelTabs label="About this object" tabs={tabs} chosen={tab?.id} onChoose={choose} />
      {tab && (
        <div className="ct-tab" id={PANEL} role="tabpanel" aria-label={tab.label}>
          <PageBoundary key={tab.id}>
            <Suspense fallback={<Skeleton screenreaderText="Loading" height="8rem" />}>
              <tab.Component model={model} id={id} row={row} />
            </Suspense>
          </PageBoundary>
        </div>
      )}
    </Page>
  );
}
