import { Content, Skeleton } from '@patternfly/react-core';
import { ProblemView } from '../../app/problem-view.tsx';
import { MapView } from '../../model/value-view.tsx';
import { isOwn } from './own-variables.ts';
import { useRunnerVariables } from './use-runner.ts';

/** What the script of a job can read: its own variables first, then values of modules. */
export function Variables({ model, id }: { readonly model: string; readonly id: number }) {
  const { data, error, isPending, refetch } = useRunnerVariables(model, id);
  if (isPending) return <Skeleton screenreaderText="Loading" height="6rem" />;
  if (!data) return <ProblemView error={error} retry={() => void refetch()} />;
  const entries = Object.entries(data);
  const own = entries.filter(([name]) => isOwn(name));
  const given = entries.filter(([name]) => !isOwn(name));
  return (
    <>
      <Content component="h2">Of the script</Content>
      {own.length > 0 ? <MapView value={Object.fromEntries(own)} /> : <p className="ct-small">It has none yet.</p>}
      <Content component="h2">Of modules</Content>
      {given.length > 0 ? <MapView value={Object.fromEntries(given)} /> : <p className="ct-small">There are none.</p>}
    </>
  );
}
