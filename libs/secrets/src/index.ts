export { keptSecretKey, KEY_RULE, keyOf, secretKey } from './secret-key.ts';
export { secretsSettings } from './secrets.settings.ts';
export { MAX_READS_LISTED, SecretReads } from './secret-reads.ts';
export type { ReadsAsked, SecretRead } from './secret-reads.ts';
export { Erased, Secrets, WrongKey } from './secrets.ts';
