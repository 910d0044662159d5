/** An interface that a machine gets. */
export interface PlannedInterface {
  readonly name: string;
  readonly network: number;
  readonly provisioning: boolean;
}

/** An address that a machine gets. */
export interface PlannedAddress {
  readonly ip_address: string;
  readonly interface_name: string;
  readonly address_block: number;
}

/** A job that is made for a machine. */
export interface PlannedJob {
  /** What it works on: `Foundation` or `Structure`. */
  readonly target: string;
  readonly script: string;
  /** Null where it was only looked at. */
  readonly job: number | null;
}

/** One machine: a structure, with the foundation it stands on. */
export interface MachinePlan {
  readonly hostname: string;
  /** Locator of the foundation. */
  readonly foundation: string;
  /** Id of the structure; null where it was only looked at. */
  readonly structure: number | null;
  readonly interfaces: readonly PlannedInterface[];
  readonly addresses: readonly PlannedAddress[];
  readonly jobs: readonly PlannedJob[];
}

/** What a command makes, or would make. */
export interface ProvisionPlan {
  readonly dry_run: boolean;
  readonly site: string;
  readonly blueprint: string;
  readonly foundation_type: string;
  readonly foundation_blueprint: string;
  /** The complex that carries the foundations. */
  readonly complex: string | null;
  /** The complex whose members the structures become. */
  readonly member_of: string | null;
  readonly machines: readonly MachinePlan[];
  /** What keeps jobs from being made later, where none are made now. */
  readonly warnings: readonly string[];
}
