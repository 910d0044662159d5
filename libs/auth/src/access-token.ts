import type { Message } from '#kernel';
import { refuse } from '#kernel';

/** What a token of a user may be used for, of what they may do themselves. */
export interface TokenScope {
  /** Those of their permissions it has; an empty list: all of them. */
  readonly permissions: readonly string[];
  /** Whether nothing can be changed with it. */
  readonly readOnly: boolean;
  /** The sites it is for; an empty list: it is bound to none. */
  readonly sites: readonly string[];
}

/** A token by which programs ask in the name of a user. It is known by its hash; the token itself is shown once. */
export interface AccessToken extends TokenScope {
  /** How its owner calls it. */
  readonly name: string;
  /** ISO 8601. */
  readonly expires: string;
}

type Issued = AccessToken & { readonly token: string };
type Revoked = { readonly token: string };

export type TokenCommand =
  Message<'IssueToken', Issued & { readonly now: string }> | Message<'RevokeToken', { readonly token: string }>;

export type TokenEvent = Message<'TokenIssued', Issued> | Message<'TokenRevoked', Revoked>;

/** What is kept of the tokens of a user: hash → name and end. */
export type HeldTokens = ReadonlyMap<string, Pick<AccessToken, 'name' | 'expires'>>;

/** How many tokens a user may have that have not expired. */
export const MAX_TOKENS = 50;

/** The ends of tokens. */
export const revoked = (tokens: Iterable<string>): TokenEvent[] =>
  [...tokens].map((token) => ({ type: 'TokenRevoked', data: { token } }));

type State<H> = (H & { readonly tokens: HeldTokens }) | undefined;

/** The rules of tokens, to be spread into the decider of users. */
export const tokenRules = {
  decide: {
    /** Those that have expired make room for it. */
    IssueToken: ({ now, ...issued }: Issued & { readonly now: string }, state: State<object>) => {
      if (!state) return refuse('', 'NOT_FOUND', 'there is no such user');
      const held = [...state.tokens];
      const expired = held.filter(([, { expires }]) => expires <= now).map(([token]) => token);
      if (held.some(([token, { name }]) => name === issued.name && !expired.includes(token))) {
        return refuse('name', 'TAKEN', 'Token with this Name already exists.');
      }
      if (held.length - expired.length >= MAX_TOKENS) {
        return refuse('', 'TOO_MANY', `there are ${MAX_TOKENS} tokens already; revoke one of them first`);
      }
      return [...revoked(expired), { type: 'TokenIssued', data: issued } satisfies TokenEvent];
    },
    RevokeToken: ({ token }: Revoked, state: State<object>) => (state?.tokens.has(token) ? revoked([token]) : []),
  },
  evolve: {
    TokenIssued: <H>({ token, name, expires }: Issued, state: State<H>): State<H> =>
      state && { ...state, tokens: new Map(state.tokens).set(token, { name, expires }) },
    TokenRevoked: <H>({ token }: Revoked, state: State<H>): State<H> =>
      state && { ...state, tokens: new Map([...state.tokens].filter(([one]) => one !== token)) },
  },
};
