/** Where a service identity may work: names of sites and modules; `*` stands for all of them. */
export interface ServiceScope {
  readonly sites: readonly string[];
  readonly modules: readonly string[];
}

/** The token of a user that a request comes with. */
export interface UsedToken {
  readonly name: string;
  /** Whether nothing can be changed with it. */
  readonly readOnly: boolean;
}

/** What a machine was booted for that asks by what its boot script has given it. */
export interface Booted {
  /** The job that it may signal; null: none, it is surveyed. */
  readonly job: number | null;
}

/** Somebody with a session. */
export interface Principal {
  readonly name: string;
  readonly superuser: boolean;
  readonly permissions: ReadonlySet<string>;
  /** Which session, for logging out: the hash of its token. */
  readonly session: string;
  /** Set for service identities, and for tokens that are for some sites only; users are not bound to places. */
  readonly serviceScope?: ServiceScope;
  /** Set where a user asks with a token they have made, not in a session. */
  readonly token?: UsedToken;
  /** Set for machines, which may do nothing but what they were granted for that. */
  readonly booted?: Booted;
}

/** Who is asking. */
export interface Caller {
  /** Undefined: anonymous. */
  readonly principal?: Principal;
  /** Source address of the connection. */
  readonly source: string;
}
