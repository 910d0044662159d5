import { defineSettings, integer, InvalidValue, parser, seconds, setting } from '#runtime/settings';
import { isShort, LENGTH_RULE } from './passwords.ts';

const newPassword = parser(
  (text) => {
    if (isShort(text)) throw new InvalidValue(LENGTH_RULE);
    return text;
  },
  { secret: true },
);

/** The first administrator, and how many failed logins are let through. */
export const authSettings = defineSettings(
  'auth',
  {
    adminPassword: setting('CONTRACTOR_ADMIN_PASSWORD', newPassword, {
      unset: 'generated, shown once',
      doc: 'password of `root`, when it is made: at least 8 characters',
    }),
    perName: setting('CONTRACTOR_LOGIN_TRIES', integer(1, 1_000_000), {
      default: '10',
      doc: 'failed logins with one name before it is told to wait',
    }),
    perSource: setting('CONTRACTOR_LOGIN_TRIES_PER_SOURCE', integer(1, 1_000_000), {
      default: '100',
      doc: 'the same from one address (IPv6: from one network)',
    }),
    window: setting('CONTRACTOR_LOGIN_WINDOW', seconds(1, 86_400), {
      default: '300',
      doc: 'seconds until failed logins are forgotten, bit by bit',
    }),
  },
  ({ adminPassword, ...loginTries }) => ({ adminPassword, loginTries }),
);
