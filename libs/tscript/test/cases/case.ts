/** A recorded case: a script, how it parses, and what happens step by step. Values are in the encoding of the file. */
export interface Case {
  readonly id: string;
  readonly group: string;
  readonly note: string;
  readonly script: string;
  readonly parse: CaseParse;
  readonly fixture?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly steps?: readonly CaseStep[];
  readonly final?: { readonly state: string; readonly variables: unknown };
  readonly fixture_after?: unknown;
  readonly original_bug?: boolean;
  readonly successor?: string;
}

/** How a script parses. */
export interface CaseParse {
  readonly ok: boolean;
  readonly line?: number;
  readonly column?: number;
  readonly message?: string;
  readonly lint?: string | null;
  readonly ast?: unknown;
}

/** Something that is done to a script in progress. */
export interface CaseStep {
  readonly op: 'run' | 'dispatch' | 'result' | 'clearDispatched' | 'rollback' | 'goto' | 'advance';
  readonly ttl?: number;
  readonly modules?: readonly string[];
  readonly cookie?: string | null;
  readonly data?: unknown;
  readonly label?: string;
  readonly seconds?: number;
  readonly expect: CaseSeen;
}

/** What is seen after a step; what is left out is not compared (`variables`: as before). */
export interface CaseSeen {
  readonly returns?: unknown;
  readonly raises?: CaseRaise;
  readonly state?: string;
  readonly line?: number | null;
  readonly variables?: unknown;
  readonly status?: unknown;
  readonly stack?: unknown;
  readonly cookie_changed?: boolean;
}

/** How a run stopped. `message_match: host` compares kind and line only. */
export interface CaseRaise {
  readonly kind: string;
  readonly message?: string;
  readonly line?: number | null;
  readonly resumable?: boolean;
  readonly message_match?: 'exact' | 'host';
}

/** What is decided for a case instead of what was recorded, and why. */
export interface Decided {
  readonly reason: string;
  readonly expect: Partial<Pick<Case, 'parse' | 'steps' | 'final' | 'fixture_after'>>;
}
