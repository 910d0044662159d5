import { Content } from '@patternfly/react-core';
import { mayUse, useSession } from '../api/session.ts';
import { useSite } from '../app/site.ts';
import { ModelList } from '../nouns/model-list.tsx';
import { DeliveryTable } from './delivery-table.tsx';
import { OperationPage } from './operation-page.tsx';

const LISTS = [
  [
    'Subscriptions',
    'PostOffice/Subscription',
    's.',
    'A subscription has a receiver told of public events: docs/webhooks.md.',
  ],
  ['Foundation boxes', 'PostOffice/FoundationBox', 'f.', 'A box waits for what becomes of one foundation.'],
  ['Structure boxes', 'PostOffice/StructureBox', 'b.', 'A box waits for what becomes of one structure.'],
] as const;

const permissionOf = (path: string): string =>
  path.replace('/', '.view_').toLowerCase().replace('postoffice', 'PostOffice');

/** Who is told of what over HTTP, and how that goes. */
export function WebhooksPage() {
  const session = useSession();
  const [site] = useSite();
  return (
    <OperationPage
      title="Webhooks"
      about="Receivers that are told of what happens, what waits for them, and what was given up."
    >
      {mayUse(session, 'PostOffice.view_delivery') && <DeliveryTable />}
      {LISTS.filter(([, path]) => mayUse(session, permissionOf(path))).map(([title, path, prefix, empty]) => (
        <section key={path}>
          <Content component="h2">{title}</Content>
          <ModelList path={path} site={site} prefix={prefix} empty={empty} short />
        </section>
      ))}
    </OperationPage>
  );
}
