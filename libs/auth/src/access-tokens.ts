import type { ReadModel } from '#read-store';
import { gone, rule } from '#read-store';
import type { AccessToken, TokenEvent } from './access-token.ts';

/** A token as the server knows it. */
export interface AccessTokenRow extends AccessToken {
  /** Whose it is. */
  readonly user: string;
  readonly issued: string;
}

type Data<T extends TokenEvent['type']> = Extract<TokenEvent, { type: T }>['data'];

/** Tokens of users by their hashes; one that has expired stays until it is revoked, or its owner makes another one. */
export const accessTokens: ReadModel<AccessTokenRow> = {
  name: 'access_tokens',
  version: 1,
  key: 'text',
  history: false,
  indexes: { user: ({ user }) => user },
  on: {
    TokenIssued: rule<AccessTokenRow, Data<'TokenIssued'>>(
      (_, { data: { token: _token, ...data }, id, at }) => ({ ...data, user: id, issued: at }),
      ({ data }) => data.token,
    ),
    TokenRevoked: gone<AccessTokenRow, Data<'TokenRevoked'>>(({ data }) => data.token),
  },
};
