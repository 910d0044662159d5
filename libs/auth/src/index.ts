export { authRoom } from './auth.module.ts';
export type { LoginTries } from './login-limit.ts';
