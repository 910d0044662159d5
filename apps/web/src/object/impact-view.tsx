import { Alert, Content, Skeleton } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { keys } from '../api/query-keys.ts';
import { call, pathOf } from '../api/request.ts';
import { inWords } from '../model/labels.ts';
import { valueText } from '../model/value-text.ts';
import type { TabProps } from './tab.ts';

interface Impact {
  readonly affected: readonly Readonly<Record<string, unknown>>[];
  readonly services: readonly { readonly service: string; readonly down: number; readonly of: number }[];
  readonly elsewhere: number;
  readonly more: boolean;
}

/** What would go down without an object: services, and all that stands on it. */
export function ImpactView({ model, id }: TabProps) {
  const { data, error } = useQuery({
    queryKey: keys.about(model.path, id, 'impact'),
    queryFn: ({ signal }) =>
      call<Impact>(pathOf(model.actions['impact']?.of ?? model.path, id, 'impact'), {}, { signal }),
  });
  if (error) return <Alert isInline variant="warning" title={error.message} />;
  if (!data) return <Skeleton screenreaderText="Loading" />;
  const { affected, services, elsewhere, more } = data;
  return (
    <section>
      <Content component="h3">Without it</Content>
      {affected.length === 0 && services.length === 0 && <p>Nothing else would be affected.</p>}
      <ul className="ct-changes">
        {services.map(({ service, down, of }) => (
          <li key={service}>
            Service {service}: {down} of {of} hosts would be down
          </li>
        ))}
        {affected.map((one) => (
          <li key={valueText(one)}>
            {Object.entries(one)
              .filter(([, value]) => value !== null && typeof value !== 'object')
              .map(([name, value]) => `${inWords(name).toLowerCase()} ${valueText(value)}`)
              .join(', ')}
          </li>
        ))}
      </ul>
      {elsewhere > 0 && <p>and {elsewhere} at sites that you may not see</p>}
      {more && <p className="ct-small">There is more than is shown.</p>}
    </section>
  );
}
