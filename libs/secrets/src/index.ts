export { keptKey, keptSecretKey, KEY_RULE, keyFromFile, keyOf, secretKey } from './secret-key.ts';
export type { KeyFile } from './secret-key.ts';
export { keySetting, secretsSettings } from './secrets.settings.ts';
export { MAX_READS_LISTED, SecretReads } from './secret-reads.ts';
export type { ReadsAsked, SecretRead } from './secret-reads.ts';
export { Erased, Secrets, WrongKey } from './secrets.ts';
