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
  keepJobLog: setting('CONTRACTOR_KEEP_JOB_LOG', integer(0, 36_500), {
    default: '0',
    doc: 'days that ended jobs stay in the job log; 0: for ever',
  }),
  keepAnswers: setting('CONTRACTOR_KEEP_ANSWERS', integer(0, 3650), {
    default: '7',
    doc: 'days that answers are kept for requests that come again, of which a million are kept at most; 0: for ever',
  }),
  /** Undefined: the key in a file below the data directory, or the one made of the secret key. */
  checkpointKey: setting('CONTRACTOR_CHECKPOINT_KEY', keySetting, {
    unset: 'made of the secret key',
    doc: 'key that the log is signed with: 32 bytes, base64 or hexadecimal; the same on every server',
  }),
  checkpointKeyFormer: setting('CONTRACTOR_CHECKPOINT_KEY_FORMER', keySetting, {
    unset: 'a file in `CONTRACTOR_DATA`, if there is one',
    doc: 'the key before it, which endorses the new one once',
  }),
});
