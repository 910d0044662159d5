import { asText, boolean, dateTime, defineModel, parameter, text } from '#api';
import type { People } from '#people';
import { accessTokens } from './access-tokens.ts';
import { MAX_NAME_LENGTH } from './names.ts';
import type { TokenUses } from './token-uses.ts';
import { IssueToken, RevokeTokens, TOKEN_DAYS } from './token.commands.ts';

export const tokenFields = {
  id: text(64, { mode: 'RO' }),
  name: text(100, { mode: 'RC', required: true, doc: 'How its owner calls it.' }),
  user: text(MAX_NAME_LENGTH, { mode: 'RO', doc: 'Whose it is.' }),
  permissions: text(200, {
    mode: 'RC',
    list: true,
    default: [],
    doc: 'Those of the permissions of its owner it has; none: all of them.',
  }),
  read_only: boolean({ mode: 'RC', default: false, doc: 'Nothing can be changed with it.' }),
  sites: text(undefined, {
    mode: 'RC',
    list: true,
    default: [],
    doc: 'The sites it is for; none: it is bound to none.',
  }),
  expires: dateTime({
    mode: 'RC',
    doc: `When it ends: within ${TOKEN_DAYS.most} days; ${TOKEN_DAYS.usual} days from now unless said otherwise.`,
  }),
  issued: dateTime({ mode: 'RO' }),
  last_used: dateTime({ mode: 'RO', doc: 'When it was used last, to the minute; null: never.' }),
  value: text(undefined, { mode: 'RO', doc: 'The token itself, in the answer to its creation alone; null otherwise.' }),
};

/**
 * Tokens by which programs ask in the name of a user; deleting one ends it.
 * @param uses when they were used last
 */
export const tokenModel = (people: Pick<People, 'allInside'>, uses: Pick<TokenUses, 'lastOf'>) =>
  defineModel({
    path: 'Auth/Token',
    doc: 'A token by which a program asks in the name of a user, for some of what they may do, until it expires.',
    protocols: ['rest'],
    idField: 'id',
    fields: tokenFields,
    rows: accessTokens,
    sites: 'none',
    owned: { index: 'user', others: { view: { grant: 'Auth.view_token' }, delete: { grant: 'Auth.delete_token' } } },
    permissions: { view: 'session', add: 'session', delete: 'session' },
    present: ({ readOnly, ...row }, id) => ({ ...row, read_only: readOnly, id, value: null }),
    complete: async (_, id) => ({ last_used: await uses.lastOf(String(id)) }),
    create: (values) => new IssueToken(values),
    toldOnce: (command) => ({ value: (command as IssueToken).value ?? null }),
    filters: {
      user: {
        parameters: { user: parameter.text() },
        where: async ({ user }) => ({ user: { any: await people.allInside(asText(user)) } }),
      },
    },
    deletion: { command: (ids) => new RevokeTokens(ids) },
  });
