export { authRoom } from './auth.module.ts';
