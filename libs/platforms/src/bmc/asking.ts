import type { CallContext } from '#tscript';
import { connectionOf } from '../machine/connection-of.ts';

/** A call that has an agent do one thing, and is over when that is done. */
export interface Asking<Given, Result> {
  /** What the script asks for. */
  readonly given: Given;
  readonly result: Result | null;
}

/** What is known of how the foundation at hand is reached, in which secrets are references. */
export interface BmcConnection {
  readonly ip_address: string;
  readonly credentials: string | { readonly username: string; readonly password: string };
}

/** What is asked for, with how the machine is reached. */
export type Ordered<Given> = Given & { readonly connection: BmcConnection };

/** How the foundation at hand is reached now. @throws ParameterError where it is not reached at all */
export const bmcConnectionOf = (context: Pick<CallContext, 'read'>): BmcConnection =>
  connectionOf(context) as unknown as BmcConnection;

export interface AskingOptions<Given, Result, R> {
  /** What is waited for, as a message says it. */
  readonly what: string;
  /** Makes the task. */
  readonly send: (order: Ordered<Given>) => R;
  /** What the script gets of the result. */
  readonly value: (result: Result) => unknown;
}

/**
 * The stages of such a call. How the machine is reached is asked again for each try, so that what is wrong can be mended;
 * `take` is what receives the result.
 */
export const asking = <Given extends object, Result, R>({ what, send, value }: AskingOptions<Given, Result, R>) => ({
  setup(given: Given, context: CallContext): Asking<Given, Result> {
    // What cannot be reached at all ends the script here.
    bmcConnectionOf(context);
    return { given, result: null };
  },
  done: ({ result }: Asking<Given, Result>): boolean => result !== null,
  message: (): string => `Waiting for ${what}`,
  task: ({ given }: Asking<Given, Result>, context: CallContext): R =>
    send({ ...given, connection: bmcConnectionOf(context) }),
  take: (state: Asking<Given, Result>, result: Result): Asking<Given, Result> => ({ ...state, result }),
  value: ({ result }: Asking<Given, Result>): unknown => (result === null ? null : value(result)),
});
