import { Skeleton } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { Navigate, useSearchParams } from 'react-router';
import { Problem } from '../api/problem.ts';
import { keys } from '../api/query-keys.ts';
import { pathOf, send } from '../api/request.ts';
import { ProblemView } from '../app/problem-view.tsx';
import { Page } from '../app/page.tsx';
import { nounOf } from '../model/labels.ts';
import { kindsOf } from '../model/models.ts';
import { objectPath } from '../model/places.ts';
import type { Row } from '../model/types.ts';
import { ObjectPage } from './object-page.tsx';

interface KindPageProps {
  /** A model that others specialise. */
  readonly path: string;
  readonly id: string;
  /** Whether it shows objects itself, of none of these kinds. */
  readonly showsOwn: boolean;
}

/** The model among those that specialise one which knows an object; undefined: none does. */
async function kindOf(path: string, id: string, signal: AbortSignal): Promise<string | undefined> {
  for (const { path: kind, can } of kindsOf(path)) {
    if (can.show === undefined) continue;
    try {
      await send<Row>('GET', pathOf(kind, id), { signal });
      return kind;
    } catch (error) {
      const isOther =
        error instanceof Problem && (error.status === 404 || error.status === 403 || error.status === 400);
      if (!isOther) throw error;
    }
  }
  return undefined;
}

/** Leads to the page of the model that knows most of an object, where something refers to it by a more general one. */
export function KindPage({ path, id, showsOwn }: KindPageProps) {
  const [search] = useSearchParams();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: keys.about(path, id, 'kind'),
    queryFn: async ({ signal }) => ({ kind: await kindOf(path, id, signal) }),
  });
  if (data?.kind !== undefined)
    return <Navigate replace to={{ pathname: objectPath(data.kind, id), search: search.toString() }} />;
  if (data && showsOwn) return <ObjectPage path={path} />;
  const title = `${nounOf(path)} ${id}`;
  return (
    <Page title={title}>
      {isPending ? (
        <Skeleton screenreaderText="Loading" height="8rem" />
      ) : (
        <ProblemView
          error={error ?? new Problem(404, { title: `There is no ${nounOf(path).toLowerCase()} ${id}` })}
          retry={() => void refetch()}
        />
      )}
    </Page>
  );
}
