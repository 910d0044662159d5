/** How far something has come that makes read models anew. */
export interface Course {
  readonly id: string | null;
  readonly models: readonly string[];
  /** Events read so far, and events a second. */
  readonly events: number;
  readonly rate: number;
  /** Seconds it will take; null: that cannot be told yet. */
  readonly remaining: number | null;
}

/** What `Records/ReadModel/state` answers. */
export interface ReadModels {
  readonly projecting: boolean;
  readonly position: number;
  readonly head: number;
  readonly models: readonly { readonly name: string; readonly version: number; readonly quarantined: number | null }[];
  readonly quarantine: readonly {
    readonly model: string;
    readonly key: string;
    readonly position: number;
    readonly error: string;
  }[];
  readonly rebuild: Course | null;
  readonly last:
    | (Omit<Course, 'remaining'> & {
        readonly outcome: 'done' | 'failed';
        readonly message: string | null;
        readonly by: string;
        readonly ended: string;
      })
    | null;
}

/** How much of it is done, 0 to 100, by what it has read and what is left at its pace. */
export function percentDone({ events, rate, remaining }: Course): number {
  const left = remaining === null ? 0 : remaining * rate;
  return events + left === 0 ? 0 : Math.floor((100 * events) / (events + left));
}

/** How long it will take, in words. */
export function remainingText(seconds: number | null): string {
  if (seconds === null) return 'how long it takes is not known yet';
  if (seconds < 60) return `${Math.ceil(seconds)} s left`;
  return seconds < 3600 ? `${Math.ceil(seconds / 60)} min left` : `${Math.ceil(seconds / 3600)} h left`;
}
