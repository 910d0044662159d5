import type { CallContext } from '#tscript';
import { connectionOf } from '../machine/connection-of.ts';

/** A call that has an agent do one thing, and is over when that is done. */
export interface Asking<Order, Result> {
  /** What the script asks for. */
  readonly order: Order;
  readonly result: Result | null;
}

/** What is known of how the foundation at hand is reached, in which secrets are references. */
export interface BmcConnection {
  readonly ip_address: string;
  readonly credentials: string | { readonly username: string; readonly password: string };
}

/** How the foundation at hand is reached now. @throws ParameterError where it is not reached at all */
export const bmcConnectionOf = (context: Pick<CallContext, 'read'>): BmcConnection =>
  connectionOf(context) as unknown as BmcConnection;

/** What the agent is sent: the order, and how the machine is reached now, so that what is wrong there can be mended. */
export const sent = <Order>({ order }: Asking<Order, unknown>, context: CallContext) => ({
  ...order,
  connection: bmcConnectionOf(context),
});

/** The stages of such a call, besides the sending. @param what what is done, as a message says it */
export const asking = <Given extends object, Result>(what: string) => ({
  setup(given: Given, context: CallContext): Asking<Given, Result> {
    // What cannot be reached at all ends the script here.
    connectionOf(context);
    return { order: given, result: null };
  },
  done: ({ result }: Asking<unknown, Result>): boolean => result !== null,
  message: (): string => `Waiting for ${what}`,
});

/** Takes the result of the one thing. */
export const taken = <Order, Result>(state: Asking<Order, Result>, result: Result): Asking<Order, Result> => ({
  ...state,
  result,
});
