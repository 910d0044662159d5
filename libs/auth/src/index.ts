export { authRoom } from './auth.module.ts';
export { Sessions } from './sessions.ts';
