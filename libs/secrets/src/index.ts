export { keptSecretKey, KEY_RULE, keyOf, secretKey } from './secret-key.ts';
export { secretsSettings } from './secrets.settings.ts';
export { Erased, Secrets, WrongKey } from './secrets.ts';
