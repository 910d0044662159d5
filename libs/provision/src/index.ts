export { expandNames, MAX_MACHINES } from './expand-names.ts';
export { ProvisionModule } from './provision.module.ts';
