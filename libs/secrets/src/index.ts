export { KEY_RULE, keyOf, secretKey } from './secret-key.ts';
export { Erased, Secrets } from './secrets.ts';
