import { defineSettings, integer, InvalidValue, parser, setting } from '#runtime/settings';
import { KEY_RULE, keyOf } from './secret-key.ts';

/** 32 bytes, which nothing shows. */
export const keySetting = parser(
  (text) => {
    const found = keyOf(text);
    if (found === undefined) throw new InvalidValue(KEY_RULE);
    return found;
  },
  { secret: true },
);

/** What secrets are encrypted with. */
export const secretsSettings = defineSettings('secrets', {
  /** Undefined: the key in a file below the data directory. */
  secretKey: setting('CONTRACTOR_SECRET_KEY', keySetting, {
    unset: 'a file in `CONTRACTOR_DATA`',
    doc: 'key of the secrets in configuration values: 32 bytes, base64 or hexadecimal',
  }),
  secretReadsDays: setting('CONTRACTOR_SECRET_READS_DAYS', integer(1, 36_500), {
    default: '365',
    doc: 'how many days it is kept who was handed which secret',
  }),
});
