import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentParametersOf, TaskContext } from '#platform';
import { httpRequest, type HttpAnswer } from '#runtime/http-request';
import { bmcAddressOf, shownAddress } from '../bmc/address.ts';
import { loginOf, type Login } from '../bmc/login.ts';
import type { AmtContract } from './contract.ts';
import { authorizationFor, challengeIn, type Challenge } from './digest.ts';
import { elementsOf, faultIn, type Elements } from './soap.ts';

/** Where the classes of CIM are. */
const CIM = 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/';
const ADDRESSING = 'http://schemas.xmlsoap.org/ws/2004/08/addressing';
const GET = 'http://schemas.xmlsoap.org/ws/2004/09/transfer/Get';
const WSMAN = 'http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd';
const SOAP = 'http://www.w3.org/2003/05/soap-envelope';
const ANONYMOUS = `${ADDRESSING}/role/anonymous`;

const PATH = '/wsman';
/** The port of AMT without TLS. */
const PORT = 16_992;
/** How long one request may take, in milliseconds. */
const TIMEOUT_MS = 20_000;
/** How often a connection is tried again, and how long all of it may take before the last try begins, in milliseconds. */
const MAX_RETRIES = 5;
const TRYING_MS = 30_000;

/** One instance of a class: its class, and what it is selected by. */
export interface Instance {
  readonly type: string;
  readonly selectors?: Readonly<Record<string, string>>;
}

/** A parameter of a method: text, or a reference to an instance. */
type Argument = string | Instance;

export interface WsmanSettings {
  /** Milliseconds before a connection is tried again. */
  readonly retryMs?: number;
}

type Connection = AgentParametersOf<AmtContract, 'power_state'>['connection'];

/** Speaks WS-Management to the management engine of a machine, with Digest. */
export class Wsman {
  readonly #origin: string;
  readonly #login: Login;
  readonly #signal: AbortSignal;
  readonly #retryMs: number;
  #challenge: Challenge | undefined;
  #count = 0;

  private constructor(origin: string, login: Login, signal: AbortSignal, { retryMs = 1000 }: WsmanSettings) {
    this.#origin = origin;
    this.#login = login;
    this.#signal = signal;
    this.#retryMs = retryMs;
  }

  static async of(
    { ip_address, credentials }: Connection,
    context: Pick<TaskContext, 'signal' | 'credentials'>,
    settings: WsmanSettings,
  ): Promise<Wsman> {
    const origin = `http://${shownAddress(bmcAddressOf(ip_address, PORT))}`;
    return new Wsman(origin, await loginOf(credentials, context), context.signal, settings);
  }

  /** Reads an instance. @returns its elements */
  async get(instance: Instance): Promise<Elements> {
    return this.#ask(GET, instance, '');
  }

  /** Calls a method. @throws Error where it does not answer that it succeeded */
  async invoke(instance: Instance, method: string, parameters: Readonly<Record<string, Argument>>): Promise<void> {
    const space = CIM + instance.type;
    const given = Object.entries(parameters).map(([name, value]) => `<p:${name}>${argument(value)}</p:${name}>`);
    const body = `<p:${method}_INPUT xmlns:p="${space}">${given.join('')}</p:${method}_INPUT>`;
    const found = await this.#ask(`${space}/${method}`, instance, body);
    const value = found.text(space, 'ReturnValue');
    if (value === '0') return;
    throw new Error(`AMT at ${this.#origin} refuses ${method}: ReturnValue ${value ?? 'missing'}${meaning(value)}`);
  }

  async #ask(action: string, { type, selectors }: Instance, body: string): Promise<Elements> {
    const header =
      `<a:Action s:mustUnderstand="true">${action}</a:Action>` +
      `<a:To s:mustUnderstand="true">${this.#origin}${PATH}</a:To>` +
      `<w:ResourceURI s:mustUnderstand="true">${CIM}${type}</w:ResourceURI>` +
      `<a:MessageID s:mustUnderstand="true">uuid:${randomUUID()}</a:MessageID>` +
      `<a:ReplyTo><a:Address>${ANONYMOUS}</a:Address></a:ReplyTo>${selectorSet(selectors)}`;
    const { status, text } = await this.#sendAs(
      `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="${SOAP}" xmlns:a="${ADDRESSING}" xmlns:w="${WSMAN}">` +
        `<s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`,
    );
    if (status === 401) {
      throw new Error(`AMT at ${this.#origin} does not let "${this.#login.username}" in: wrong user name or password`);
    }
    if (status >= 200 && status < 300) return elementsOf(text);
    const fault = await faultIn(text);
    throw new Error(`AMT at ${this.#origin} answers ${status}${fault === '' ? '' : `: ${fault}`}`);
  }

  /**
   * Sends a message, and once more where it was asked who we are, or the nonce counts no more: some engines say that it is too
   * old, others have another one for each connection.
   */
  async #sendAs(message: string): Promise<HttpAnswer> {
    const answer = await this.#send(message);
    if (answer.status !== 401) return answer;
    const known = this.#challenge;
    this.#challenge = challengeIn(answer.headers['www-authenticate']);
    this.#count = 0;
    if (!this.#challenge) throw new Error(`AMT at ${this.#origin} does not ask for a login by Digest`);
    const isSame = known?.nonce === this.#challenge.nonce && !this.#challenge.stale;
    return isSame ? answer : this.#send(message);
  }

  async #send(body: string): Promise<HttpAnswer> {
    const limit = performance.now() + TRYING_MS;
    for (let tries = 0; ; tries += 1) {
      this.#count += 1;
      const asked = { method: 'POST', uri: PATH, count: this.#count };
      try {
        return await httpRequest({
          method: 'POST',
          url: this.#origin + PATH,
          headers: {
            'content-type': 'application/soap+xml;charset=UTF-8',
            ...(this.#challenge ? { authorization: authorizationFor(this.#challenge, this.#login, asked) } : {}),
          },
          body,
          timeoutMs: TIMEOUT_MS,
          signal: this.#signal,
        });
      } catch (cause) {
        if (this.#signal.aborted) throw cause;
        if (tries === MAX_RETRIES || performance.now() >= limit) {
          throw new Error(`AMT was not reached at ${this.#origin}, in ${tries + 1} tries: ${reasonOf(cause)}`, {
            cause,
          });
        }
        await sleep(this.#retryMs, undefined, { signal: this.#signal });
      }
    }
  }
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const selectorSet = (selectors: Instance['selectors'] = {}): string => {
  const each = Object.entries(selectors).map(
    ([name, value]) => `<w:Selector Name="${name}">${escaped(value)}</w:Selector>`,
  );
  return each.length === 0 ? '' : `<w:SelectorSet>${each.join('')}</w:SelectorSet>`;
};

const argument = (value: Argument): string =>
  typeof value === 'string'
    ? escaped(value)
    : `<a:Address>${ANONYMOUS}</a:Address><a:ReferenceParameters>` +
      `<w:ResourceURI>${CIM}${value.type}</w:ResourceURI>${selectorSet(value.selectors)}</a:ReferenceParameters>`;

/** What return values of AMT mean, where they are the same for all methods. */
const MEANINGS: Readonly<Record<string, string>> = {
  1: 'not supported',
  2: 'it failed',
  3: 'it took too long',
  4: 'it failed',
  5: 'a wrong parameter',
  6: 'in use',
};
const meaning = (value: string | undefined): string => {
  const words = MEANINGS[value ?? ''];
  return words === undefined ? '' : ` (${words})`;
};

const reasonOf = (cause: unknown): string => {
  const { message, code } = cause as NodeJS.ErrnoException;
  return message || code || 'it failed';
};
