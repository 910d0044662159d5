import { Content, EmptyState, EmptyStateBody, SearchInput, Spinner } from '@patternfly/react-core';
import { Link, useSearchParams } from 'react-router';
import { Page } from '../app/page.tsx';
import { ProblemView } from '../app/problem-view.tsx';
import { nounOf } from '../model/labels.ts';
import { objectPath } from '../model/places.ts';
import type { Found } from './found.ts';
import { grouped, reasonOf } from './found.ts';
import { useSearch } from './use-search.ts';

/** As many as the server tells at once. */
const MAX_FOUND = 100;

/** Everything that a search finds, at an address that can be passed on. */
export function SearchPage() {
  const [query, setQuery] = useSearchParams();
  const typed = query.get('q') ?? '';
  const { results, more, pending, error } = useSearch(typed, MAX_FOUND);
  const type = (q: string): void => setQuery(q === '' ? {} : { q }, { replace: true });
  return (
    <Page title="Search">
      <SearchInput
        aria-label="Search"
        placeholder="Name, MAC, address, serial number or value"
        value={typed}
        onChange={(_, value) => type(value)}
        onClear={() => type('')}
      />
      {error ? (
        <ProblemView error={error} />
      ) : (
        <Results typed={typed} results={results} more={more} pending={pending} />
      )}
    </Page>
  );
}

interface ResultsProps {
  readonly typed: string;
  readonly results: readonly Found[];
  readonly more: boolean;
  readonly pending: boolean;
}

function Results({ typed, results, more, pending }: ResultsProps) {
  if (typed.trim() === '') return null;
  if (pending && results.length === 0) return <Spinner aria-label="Searching" />;
  if (results.length === 0) {
    return (
      <EmptyState headingLevel="h2" titleText={`Nothing is found for “${typed.trim()}”`}>
        <EmptyStateBody>
          Names, MACs and serial numbers are found from their beginning, values of configurations as a whole.
        </EmptyStateBody>
      </EmptyState>
    );
  }
  return (
    <>
      {grouped(results, ({ model }) => nounOf(model)).map(({ label, items }) => (
        <section key={label} aria-label={label}>
          <Content component="h2">{label}</Content>
          <Content component="ul">
            {items.map((one) => (
              <Content component="li" key={`${one.model} ${one.id} ${one.by}`}>
                <Link to={objectPath(one.model, one.id)}>{one.name}</Link>{' '}
                <span className="ct-small">{[reasonOf(one), one.site ?? ''].filter(Boolean).join(' · ')}</span>
              </Content>
            ))}
          </Content>
        </section>
      ))}
      {more && <p className="ct-small">There is more than is shown: type more of it.</p>}
    </>
  );
}
