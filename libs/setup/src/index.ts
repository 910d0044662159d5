export { SetupModule } from './setup.module.ts';
