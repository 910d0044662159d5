import { Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter } from '@patternfly/react-core';
import { ExclamationCircleIcon } from '@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon';
import { Problem, textOf } from '../api/problem.ts';

/** A problem in the place of what could not be shown: its text, the id of its request, and a way on. */
export function ProblemView({ error, retry }: { readonly error: unknown; readonly retry?: (() => void) | undefined }) {
  const problem = error instanceof Problem ? error : undefined;
  return (
    <EmptyState
      headingLevel="h2"
      status="danger"
      icon={ExclamationCircleIcon}
      titleText={problem?.title ?? 'Something on this page went wrong'}
    >
      <EmptyStateBody>
        <p>{textOf(error)}</p>
        {problem?.request !== undefined && (
          <p className="ct-small">
            Request <code>{problem.request}</code>
          </p>
        )}
      </EmptyStateBody>
      {retry && (
        <EmptyStateFooter>
          <EmptyStateActions>
            <Button onClick={retry}>Try again</Button>
          </EmptyStateActions>
        </EmptyStateFooter>
      )}
    </EmptyState>
  );
}
