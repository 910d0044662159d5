import { serverSide } from '#platform/server';
import { vcenterContract } from '../contract.ts';

/** What the server half of vcenter is declared with. */
export const vcenterSide = serverSide(vcenterContract);
