/** Where a service identity may work: names of sites and modules; `*` stands for all of them. */
export interface ServiceScope {
  readonly sites: readonly string[];
  readonly modules: readonly string[];
}

/** Somebody with a session. */
export interface Principal {
  readonly name: string;
  readonly superuser: boolean;
  readonly permissions: ReadonlySet<string>;
  /** Which session, for logging out: the hash of its token. */
  readonly session: string;
  /** Set for service identities; users are not bound to places. */
  readonly serviceScope?: ServiceScope;
}

/** Who is asking. */
export interface Caller {
  /** Undefined: anonymous. */
  readonly principal?: Principal;
  /** Source address of the connection. */
  readonly source: string;
}
