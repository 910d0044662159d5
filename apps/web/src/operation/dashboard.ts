/** How many there are, and in which states. */
export interface Counts {
  readonly total: number;
  readonly states: Readonly<Record<string, number>>;
}

/** What `Records/Dashboard/show` answers; null is what one may not see. */
export interface Dashboard {
  readonly at: string;
  readonly site: string | null;
  readonly foundations: Counts | null;
  readonly structures: Counts | null;
  readonly jobs: (Counts & { readonly slow: number; readonly held: number }) | null;
  readonly waves: Counts | null;
  readonly addresses: {
    readonly blocks: number;
    readonly used: number;
    readonly ipv4: { readonly usable: number; readonly used: number; readonly percent: number };
    readonly full: number;
    readonly fullest: readonly {
      readonly id: number;
      readonly name: string;
      readonly site: string;
      readonly subnet: string;
      readonly used: number;
      readonly percent: number;
    }[];
  } | null;
  readonly subcontractors: {
    readonly present: number;
    readonly modules: Readonly<Record<string, number>>;
    readonly gone: readonly {
      readonly id: string;
      readonly agent: string;
      readonly site: string | null;
      readonly since: string;
      readonly modules: readonly string[];
    }[];
  } | null;
}

/** A job of the board (`Foreman/BaseJob/board`), as far as it is shown here. */
export interface BoardJob {
  readonly id: number;
  readonly model: string;
  readonly target: { readonly model: string; readonly id: string };
  readonly name: string;
  readonly script_name: string;
  readonly state: string;
  readonly percent: number;
  readonly message: string;
  readonly updated: string;
}

export interface Board {
  readonly total: number;
  readonly jobs: readonly BoardJob[];
}

/** A request that changed something (`Records/Request/list`). */
export interface ChangeRequest {
  readonly request: string;
  readonly at: string;
  readonly actor: string;
  readonly command: string | null;
  readonly reason: string | null;
}
