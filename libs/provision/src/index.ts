export { ProvisionModule } from './provision.module.ts';
