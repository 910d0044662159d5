import { useEffect, useState } from 'react';
import type { Problem } from '../../api/problem.ts';
import { followStream } from '../../api/stream-follower.ts';
import type { FeedJob } from '../job.ts';
import type { Trail } from './job-trail.ts';
import { NO_TRAIL, trailAfter } from './job-trail.ts';

/** How long what is told is gathered before it is drawn, in milliseconds. */
const GATHER_MS = 50;

/** Follows one job from its first event on, for as long as the page shows it. */
export function useJobTrail(id: string): { readonly trail: Trail; readonly problem: Problem | undefined } {
  const [trail, setTrail] = useState(NO_TRAIL);
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    let told: { job: FeedJob; position: string | undefined }[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const draw = (): void => {
      const these = told;
      told = [];
      timer = undefined;
      setTrail((before) => trailAfter(before, these, Date.now()));
    };
    setTrail(NO_TRAIL);
    setProblem(undefined);
    const stop = followStream(`/feed?job=${encodeURIComponent(id)}&after=0`, {
      hear: ({ data = '', id: position }) => {
        told.push({ job: JSON.parse(data) as FeedJob, position });
        timer ??= setTimeout(draw, GATHER_MS);
      },
      // The banner of the page says that the server is away.
      connected: () => undefined,
      over: setProblem,
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [id]);
  return { trail, problem };
}
