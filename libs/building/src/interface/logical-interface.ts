import type { JsonMap } from '#kernel';
import { entity } from '#kernel';

/** Abstract: a bridge, a loopback; aggregated: a bond or port channel, made of other interfaces. */
export type LogicalKind = 'Abstract' | 'Aggregated';

/** A network interface that a structure has by its configuration. What its kind does not have is empty. */
export interface LogicalInterface {
  /** Never changes. */
  readonly kind: LogicalKind;
  /** Id of a structure. */
  structure: number;
  /** Inside the operating system; once among those of its structure. */
  name: string;
  network: number;
  /** The interface whose MAC it has. */
  primary: number | null;
  /** The others it is made of. */
  secondaries: readonly number[];
  /** Free form, such as the mode of a bond. */
  parameters: JsonMap;
}

export const logicalInterface = entity<LogicalInterface>()({
  noun: 'LogicalInterface',
  title: 'Logical network interface',
  category: 'logicalInterface',
  idField: 'id',
  changes: {
    LogicalInterfaceMoved: 'structure',
    LogicalInterfaceRenamed: 'name',
    LogicalInterfaceAttached: 'network',
    LogicalInterfaceAggregated: ['primary', 'secondaries'],
    LogicalInterfaceParametersSet: 'parameters',
  },
});
