import { Alert } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { keys } from '../../api/query-keys.ts';
import { call } from '../../api/request.ts';
import { useSite } from '../../app/site.ts';
import { TimeText } from '../../model/time-text.tsx';
import { ModelList } from '../../nouns/model-list.tsx';

const MODEL = 'Foreman/MaintenanceWindow';
/** Windows open and close without an event: how often that is looked at, in milliseconds. */
const AGAIN_MS = 30_000;

interface State {
  readonly open: boolean;
  readonly site: string | null;
  readonly window: string | null;
  readonly opens: string | null;
  readonly closes: string | null;
}

/** When jobs may begin: the windows of the selected site, and whether one is open. */
export function WindowsTab() {
  const [site] = useSite();
  return (
    <>
      {site !== undefined && <SiteState site={site} />}
      <ModelList
        path={MODEL}
        site={site}
        empty="Jobs of a site that has windows begin in these alone. Without one, they begin at any time."
      />
    </>
  );
}

function SiteState({ site }: { readonly site: string }) {
  const { data } = useQuery({
    queryKey: keys.action(MODEL, 'state', site),
    queryFn: ({ signal }) => call<State>(`/${MODEL}/state`, { site }, { signal }),
    refetchInterval: AGAIN_MS,
  });
  if (!data) return null;
  if (data.site === null) return <Alert isInline isPlain variant="info" title={`Jobs of ${site} begin at any time.`} />;
  const whose = data.site === site ? '' : ` by the windows of ${data.site}`;
  return (
    <Alert
      isInline
      isPlain
      variant={data.open ? 'success' : 'warning'}
      title={`Jobs of ${site} ${data.open ? 'may begin now' : 'do not begin now'}${whose}.`}
    >
      {data.open && data.closes !== null && (
        <>
          Window {data.window} closes <TimeText time={data.closes} />.
        </>
      )}
      {!data.open && data.opens !== null && (
        <>
          Window {data.window} opens <TimeText time={data.opens} />.
        </>
      )}
    </Alert>
  );
}
