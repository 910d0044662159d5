import { Content } from '@patternfly/react-core';
import { Page } from '../app/page.tsx';
import { ModelList } from './model-list.tsx';

const KINDS = [
  ['Foundation BluePrints', 'BluePrint/FoundationBluePrint', 'f.'],
  ['Structure BluePrints', 'BluePrint/StructureBluePrint', 's.'],
] as const;

/** The two kinds of blueprints. */
export const BluePrintsPage = () => (
  <Page title="BluePrints">
    {KINDS.map(([title, path, prefix]) => (
      <section key={path}>
        <Content component="h2">{title}</Content>
        <ModelList path={path} prefix={prefix} short />
      </section>
    ))}
  </Page>
);
