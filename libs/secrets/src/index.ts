export { secretKey } from './secret-key.ts';
export { Erased, Secrets } from './secrets.ts';
