import type { ParametersOf } from '#platform';
import type { CallContext } from '#tscript';
import { connectionOf, foundationText, foundationValue } from '../../machine/connection-of.ts';
import type { VcenterContract } from '../contract.ts';

type Connection = ParametersOf<VcenterContract, 'create'>['connection'];

/** The part of a vCenter in which the complex at hand is. */
export interface Place {
  readonly connection: Connection;
  readonly datacenter: string;
  readonly cluster: string;
}

/** @throws ParameterError where the foundation at hand is none of a vCenter */
export function placeOf(context: CallContext): Place {
  foundationValue(context, 'vcenter_complex');
  // The part is told beside the connection, and is none of its parameters.
  const { datacenter, cluster, ...connection } = connectionOf<Connection & Omit<Place, 'connection'>>(context);
  return { connection, datacenter, cluster };
}

/** A machine as tasks name it. */
export type VcenterMachine = ParametersOf<VcenterContract, 'destroy'>;

/** The machine at hand. */
export function machineAtHand(context: CallContext): VcenterMachine {
  const { connection } = placeOf(context);
  const uuid = foundationText(context, 'vcenter_uuid');
  return { connection, uuid, name: foundationText(context, 'locator') ?? '' };
}
