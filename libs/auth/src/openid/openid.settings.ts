import { readFileSync } from 'node:fs';
import { choice, defineSettings, InvalidValue, list, parser, secretText, setting, text } from '#runtime/settings';
import type { OpenIdOptions } from './openid-options.ts';

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|\[::1\]|localhost)$/;

const issuer = parser((value) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const plain = url?.protocol === 'http:' && LOOPBACK.test(url.hostname);
  if (!url || !(plain || url.protocol === 'https:') || url.search !== '' || url.hash !== '') {
    throw new InvalidValue('must be the https:// URL of a provider (http:// on this machine only)');
  }
  return url;
});

const name = parser((value) => {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(value)) throw new InvalidValue('must be a-z, 0-9 and "-", at most 40 of them');
  return value;
});

const scopes = parser((value) => {
  if (!value.split(' ').includes('openid'))
    throw new InvalidValue('must be scopes with blanks between, "openid" among them');
  return value;
});

const PAIR = /^[^=]+=[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/** Signing in by a provider of OpenID Connect, beside passwords. */
export const openIdSettings = defineSettings(
  'openid',
  {
    issuer: setting('CONTRACTOR_OPENID_ISSUER', issuer, {
      unset: 'none',
      doc: 'URL of a provider of OpenID Connect that browsers may sign in by, as its tokens name it',
    }),
    clientId: setting('CONTRACTOR_OPENID_CLIENT', text(), {
      unset: 'none',
      doc: 'id of this server there; its redirect URI is `<server>/api/rest/session/openid/<name>/callback`',
    }),
    secret: setting('CONTRACTOR_OPENID_SECRET', secretText(), { unset: 'none', doc: 'secret of this server there' }),
    secretFile: setting('CONTRACTOR_OPENID_SECRET_FILE', text(), {
      unset: 'none',
      doc: 'a file that holds `CONTRACTOR_OPENID_SECRET`, in its place',
    }),
    name: setting('CONTRACTOR_OPENID_NAME', name, { default: 'openid', doc: 'how paths call the provider' }),
    label: setting('CONTRACTOR_OPENID_LABEL', text(), {
      default: 'OpenID Connect',
      doc: 'how the sign-in page calls the provider',
    }),
    scopes: setting('CONTRACTOR_OPENID_SCOPES', scopes, {
      default: 'openid profile email',
      doc: 'scopes that are asked for, with blanks between',
    }),
    userClaim: setting('CONTRACTOR_OPENID_USER_CLAIM', text(), {
      default: 'preferred_username',
      doc: 'the claim that is the login name here',
    }),
    groupsClaim: setting('CONTRACTOR_OPENID_GROUPS_CLAIM', text(), {
      default: 'groups',
      doc: 'the claim that lists groups',
    }),
    groups: setting(
      'CONTRACTOR_OPENID_GROUPS',
      list((part) => PAIR.test(part), 'must be pairs like theirs=ours'),
      {
        default: '',
        doc: 'which groups there are which groups here (`theirs=ours`), separated by commas: at each sign-in users join and leave those',
      },
    ),
    newUsers: setting('CONTRACTOR_OPENID_NEW_USERS', choice('no', 'yes'), {
      default: 'no',
      doc: 'whether users are made for those who sign in and are not known here',
    }),
    withPassword: setting('CONTRACTOR_OPENID_WITH_PASSWORD', choice('no', 'yes'), {
      default: 'no',
      doc: 'whether users who have a password may be signed in by the provider too, by their login name',
    }),
  },
  (values, refuse): { readonly openId: OpenIdOptions | undefined } => {
    const { issuer: url, clientId, secret, secretFile, groups, newUsers, withPassword, ...others } = values;
    if (url === undefined) {
      if (clientId !== undefined) refuse('CONTRACTOR_OPENID_CLIENT', clientId, 'goes with CONTRACTOR_OPENID_ISSUER');
      return { openId: undefined };
    }
    if (clientId === undefined) refuse('CONTRACTOR_OPENID_CLIENT', undefined, 'goes with CONTRACTOR_OPENID_ISSUER');
    if (secret !== undefined && secretFile !== undefined) {
      refuse(
        'CONTRACTOR_OPENID_SECRET_FILE',
        secretFile,
        'is in the place of CONTRACTOR_OPENID_SECRET: set one of them',
      );
    }
    let kept = secret;
    if (secretFile !== undefined) {
      try {
        kept = readFileSync(secretFile, 'utf8').trim();
      } catch (error) {
        refuse('CONTRACTOR_OPENID_SECRET_FILE', secretFile, `cannot be read: ${(error as Error).message}`);
      }
    }
    const pairs = groups.map((pair) => pair.split('=') as [theirs: string, ours: string]);
    return {
      openId: {
        ...others,
        issuer: url,
        clientId: clientId ?? '',
        secret: kept,
        groups: pairs,
        newUsers: newUsers === 'yes',
        withPassword: withPassword === 'yes',
      },
    };
  },
);
