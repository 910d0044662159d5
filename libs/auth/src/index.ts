export { authRoom } from './auth.module.ts';
export { authSettings } from './auth.settings.ts';
