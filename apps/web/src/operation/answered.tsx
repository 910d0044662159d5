import { Skeleton } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import { ProblemView } from '../app/problem-view.tsx';

interface AnsweredProps<T> {
  readonly query: {
    readonly data: T | undefined;
    readonly error: unknown;
    readonly refetch: () => unknown;
  };
  readonly children: (data: T) => ReactNode;
}

/** What is made of an answer; until it is there its place, and where it does not come, why. */
export function Answered<T>({ query: { data, error, refetch }, children }: AnsweredProps<T>) {
  if (data !== undefined) return <>{children(data)}</>;
  if (error) return <ProblemView error={error} retry={() => void refetch()} />;
  return <Skeleton screenreaderText="Loading" height="8rem" />;
}
