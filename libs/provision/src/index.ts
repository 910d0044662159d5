export { deprovision } from './deprovision.ts';
export type { DeprovisionEvent } from './deprovision.ts';
export { deprovisions } from './deprovisions.ts';
export { expandNames, MAX_MACHINES } from './expand-names.ts';
export { ProvisionModule } from './provision.module.ts';
