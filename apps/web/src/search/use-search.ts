import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { send } from '../api/request.ts';
import { useSession } from '../api/session.ts';
import type { Found } from './found.ts';

/** How long one has to stop typing before the server is asked, in milliseconds. */
const PAUSE_MS = 120;

interface Answer {
  readonly results: readonly Found[];
  readonly more: boolean;
}

const NOTHING: Answer = { results: [], more: false };

/** What a search comes to. */
export interface Search extends Answer {
  /** Whether what is shown is not yet the answer to what is typed. */
  readonly pending: boolean;
  readonly error: Error | null;
}

/** Searches for what is typed, once typing pauses; what was found before stays until then. */
export function useSearch(typed: string, count: number): Search {
  const wanted = typed.trim();
  const asked = usePaused(wanted);
  const { user } = useSession();
  const { data, error, isFetching, isPlaceholderData } = useQuery({
    queryKey: ['search', asked, count],
    queryFn: async ({ signal }) => (await send<Answer>('GET', '/search', { query: { q: asked, count }, signal })).body,
    enabled: asked !== '' && user !== null,
    placeholderData: keepPreviousData,
    staleTime: 5000,
  });
  if (wanted === '') return { ...NOTHING, pending: false, error: null };
  const pending = asked !== wanted || isPlaceholderData || (data === undefined && isFetching);
  return { ...(data ?? NOTHING), pending, error: pending ? null : error };
}

/** A text as it was when it last stood still. */
function usePaused(text: string): string {
  const [paused, setPaused] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return paused;
}
