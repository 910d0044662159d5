import { defineSettings, integer, seconds, setting } from '#runtime/settings';
import { keySetting } from '#secrets';

/** How often the log is signed, and with what. */
export const integritySettings = defineSettings('integrity', {
  checkpointEvents: setting('CONTRACTOR_CHECKPOINT_EVENTS', integer(1, 100_000), {
    default: '10000',
    doc: 'the log is signed after so many events ([docs/integrity.md](docs/integrity.md))',
  }),
  checkpointSeconds: setting('CONTRACTOR_CHECKPOINT_SECONDS', seconds(1, 86_400), {
    default: '300',
    doc: 'and after so many seconds, if anything has come',
  }),
  /** Undefined: the key in a file below the data directory. */
  checkpointKey: setting('CONTRACTOR_CHECKPOINT_KEY', keySetting, {
    unset: 'a file in `CONTRACTOR_DATA`',
    doc: 'key that the log is signed with: 32 bytes, base64 or hexadecimal; the same on every server',
  }),
  checkpointKeyFormer: setting('CONTRACTOR_CHECKPOINT_KEY_FORMER', keySetting, {
    unset: 'a file in `CONTRACTOR_DATA`, if there is one',
    doc: 'the key before it, which endorses the new one once',
  }),
});
