import type { JsonMap } from '#kernel';
import { entity } from '#kernel';

/** A structure in a complex, and the membership that puts it there. */
export interface Member {
  readonly structure: number;
  readonly membership: number;
}

/** The structure by which a complex is reached, and without which it is not built. */
export interface ComplexHost {
  readonly structure: number;
  /** Whether the complex is built with it alone, where it has no members. */
  readonly suffices: boolean;
}

/** Structures that carry foundations together: a cluster of hypervisors, the regions of a cloud. */
export interface Complex {
  /** Which platform's kind it is (`Test`); null: a plain one, which carries nothing. Never changes. */
  readonly type: string | null;
  site: string;
  description: string;
  /** How many of a hundred members have to be built for the complex to be. */
  builtPercentage: number;
  members: readonly Member[];
  /** How many members it may have at the most; 1,000 where it is not said. Never changes. */
  readonly maxMembers?: number;
  /** Not there, or null: it is reached by its first member. */
  host?: ComplexHost | null;
  /** The fields of its platform. */
  own: JsonMap;
}

export const complex = entity<Complex>()({
  noun: 'Complex',
  category: 'complex',
  changes: {
    ComplexMoved: 'site',
    ComplexDescribed: 'description',
    ComplexThresholdSet: 'builtPercentage',
    ComplexMembersChanged: 'members',
    ComplexHostChosen: 'host',
    ComplexOwnFieldsChanged: 'own',
  },
});
