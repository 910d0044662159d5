import { Content } from '@patternfly/react-core';
import { Page } from '../app/page.tsx';
import { useSite } from '../app/site.ts';
import { ModelList } from '../nouns/model-list.tsx';

const KINDS = [
  ['Foundation Jobs', 'Foreman/FoundationJob', 'f.'],
  ['Structure Jobs', 'Foreman/StructureJob', 's.'],
  ['Dependency Jobs', 'Foreman/DependencyJob', 'd.'],
] as const;

/** The jobs under way, by what they are on. */
export function JobsPage() {
  const [site] = useSite();
  return (
    <Page title="Jobs">
      {KINDS.map(([title, path, prefix]) => (
        <section key={path}>
          <Content component="h2">{title}</Content>
          <ModelList path={path} site={site} prefix={prefix} short />
        </section>
      ))}
    </Page>
  );
}
