import { hash } from 'node:crypto';
import type { Clock, CommandGateway, Position } from '#event-store';
import { CommandContext } from '#event-store';
import type { Logger } from '#kernel';
import { Refusal } from '#kernel';
import { ANONYMOUS } from '#api';
import type { OpenIdOptions } from './openid-options.ts';
import { OpenIdFailed } from './openid-options.ts';
import type { Claims, Flow } from './openid-provider.ts';
import { OpenIdProvider } from './openid-provider.ts';
import type { Vouched } from './openid.commands.ts';
import { LoginByOpenId } from './openid.commands.ts';
import { SealedText } from './sealed-text.ts';

/** How long somebody may take to sign in at the provider, in seconds. */
const FLOW_S = 600;
/** How long the words about what went wrong wait for the sign-in page, in seconds. */
const WORDS_S = 120;
/** How much of what goes wrong is told, in characters. */
const MAX_WORDS = 500;

/** What a browser brings back from the provider. */
type Kept = Flow & { readonly redirectUri: string; readonly returnTo: string };

/** What a browser is given to bring back, and for how many seconds. */
interface KeptByBrowser {
  readonly kept: string;
  readonly seconds: number;
}

/** What went wrong, sealed, to be told on the sign-in page; and where to go on from there, as far as that is known. */
interface Failed {
  readonly failed: KeptByBrowser;
  readonly returnTo: string;
}

/** Who has signed in, and where they came from. */
export interface SignedIn {
  readonly user: string;
  readonly token: string;
  readonly returnTo: string;
}

/** What signing in works with. */
export interface OpenIdContext {
  readonly options: OpenIdOptions;
  /** 32 bytes, the same on every server. */
  readonly key: Uint8Array;
  readonly gateway: Pick<CommandGateway, 'execute'>;
  /** Waits until answers show the log up to a position, or for as long as that may take. */
  readonly shown: (position: Position) => Promise<unknown>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Logger, 'warn'>;
}

/**
 * Signing in by a provider of OpenID Connect. Nothing is kept here meanwhile: what has to be known again is with the
 * browser, sealed, so the browser may come back to another server.
 */
export class OpenIdSignIn {
  readonly #context: OpenIdContext;
  readonly #provider: OpenIdProvider;
  readonly #flows: SealedText<Kept>;
  readonly #words: SealedText<{ readonly words: string }>;

  constructor(context: OpenIdContext) {
    this.#context = context;
    this.#provider = new OpenIdProvider(context.options);
    this.#flows = new SealedText(context.key);
    this.#words = new SealedText(context.key);
  }

  get name(): string {
    return this.#context.options.name;
  }

  get label(): string {
    return this.#context.options.label;
  }

  /** Where a browser is sent, and what it is to bring back. */
  begin(redirectUri: string, returnTo: string): Promise<(KeptByBrowser & { readonly location: string }) | Failed> {
    return this.#orFailed(returnTo, async () => {
      const { location, flow } = await this.#provider.begin(redirectUri);
      const kept = await this.#flows.seal({ ...flow, redirectUri, returnTo }, FLOW_S);
      return { location, kept, seconds: FLOW_S };
    });
  }

  /**
   * Lets somebody in who has come back.
   * @param kept what the browser was given
   */
  async finish(
    query: string,
    kept: string | undefined,
    asked: { readonly id: string; readonly source: string },
  ): Promise<SignedIn | Failed> {
    const flow = kept === undefined ? undefined : await this.#flows.open(kept);
    return this.#orFailed(flow?.returnTo ?? '/', async () => {
      if (!flow?.state) {
        const minutes = FLOW_S / 60;
        throw new OpenIdFailed(`It took longer than ${minutes} minutes, or was begun in another browser. Try again.`);
      }
      const claims = await this.#provider.finish(new URL(`${flow.redirectUri}?${query}`), flow);
      const vouched = vouchedBy(claims, this.#context.options);
      return { user: vouched.name, token: await this.#open(vouched, asked), returnTo: flow.returnTo };
    });
  }

  /** Seals what is to be told on the sign-in page. */
  async refuse(words: string): Promise<KeptByBrowser> {
    return { kept: await this.#words.seal({ words: words.slice(0, MAX_WORDS) }, WORDS_S), seconds: WORDS_S };
  }

  async #orFailed<T>(returnTo: string, act: () => Promise<T>): Promise<T | Failed> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof OpenIdFailed)) throw error;
      const { cause } = error;
      // What refuses somebody names them, and nothing can be erased from where the output goes.
      const told =
        cause instanceof Refusal
          ? { reason: cause.faults.map(({ code }) => code).join(', ') }
          : { reason: error.message };
      const because = cause === undefined || cause instanceof Refusal ? {} : { cause: String(cause) };
      this.#context.log.warn('nobody was signed in by OpenID Connect', { ...told, ...because });
      return { failed: await this.refuse(error.message), returnTo };
    }
  }

  /** The words that were sealed; undefined where they are none of ours, or too old. */
  async words(kept: string): Promise<string | undefined> {
    return (await this.#words.open(kept))?.words;
  }

  async #open(vouched: Vouched, { id, source }: { readonly id: string; readonly source: string }): Promise<string> {
    const { gateway, clock, shown } = this.#context;
    const metadata = { actor: ANONYMOUS, request: id, correlation: id };
    const context = new CommandContext({ metadata, caller: { source }, now: clock.now() });
    try {
      const { value, position } = await gateway.execute(new LoginByOpenId(vouched), context);
      // The page that comes next shows them as they are now.
      if (position !== undefined) await shown(position);
      return value;
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      throw new OpenIdFailed(`${cause.faults.map(({ text }) => text).join('; ')}.`, { cause });
    }
  }
}

/** Whom claims are about. @throws OpenIdFailed where they do not say so */
function vouchedBy(claims: Claims, { issuer, label, userClaim, groupsClaim }: OpenIdOptions): Vouched {
  const name = claims[userClaim];
  if (typeof name !== 'string' || name === '') {
    throw new OpenIdFailed(`${label} has not said what you are called (claim ${userClaim}).`);
  }
  if (userClaim === 'email' && claims['email_verified'] !== true) {
    throw new OpenIdFailed(`${label} has not verified your mail address.`);
  }
  const listed = claims[groupsClaim];
  const groups = (Array.isArray(listed) ? listed : [listed]).filter((one): one is string => typeof one === 'string');
  return { name, subject: hash('sha256', JSON.stringify([issuer.href, claims.sub])), groups };
}
