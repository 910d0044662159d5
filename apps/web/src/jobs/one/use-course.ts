import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { call } from '../../api/request.ts';
import type { Course } from './course.ts';

/** How often a job is asked about at most while it moves, in milliseconds. */
const AGAIN_MS = 1000;

/**
 * The course of a job. It is asked for again when the feed has told more, at most once a second; a job that moves all the
 * time never keeps an answer from coming.
 */
export function useCourse(id: string, told: number) {
  const query = useQuery({
    queryKey: ['course', id],
    queryFn: ({ signal }) => call<Course>('/Foreman/BaseJob/course', { job: Number(id) }, { signal }),
  });
  const { refetch } = query;
  const asked = useRef(0);
  useEffect(() => {
    if (told === 0) return undefined;
    const timer = setTimeout(
      () => {
        asked.current = performance.now();
        void refetch({ cancelRefetch: false });
      },
      Math.max(0, asked.current + AGAIN_MS - performance.now()),
    );
    return () => clearTimeout(timer);
  }, [told, refetch]);
  return query;
}
