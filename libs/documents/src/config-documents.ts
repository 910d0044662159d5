import type { ApiService } from '#api';
import { Forbidden, NotFound } from '#api';
import type { GivenDocument } from '#boot';
import { isIpxe } from '#boot';
import type { ConfigPath } from '#config';
import { readConfigPath } from '#config';
import type { HttpAnswer, HttpRequest, ProtocolAdapter } from '#http';
import { newRequestId } from '#http';
import type { Caller } from '#kernel';
import type { View } from '#read-store';
import { json, plain } from './answers.ts';
import { givenDocument } from './given-document.ts';
import { refusalScript } from './boot-texts.ts';
import type { DocumentOptions, MadeDocument } from './documents.ts';
import { Documents } from './documents.ts';
import type { About, Target } from './find-target.ts';
import { findTarget, isSame, objectOf } from './find-target.ts';

/** What the documents of machines are answered with. */
export interface ConfigDocumentsOptions extends DocumentOptions {
  /** Answers what needs a session, with its permissions and sites. */
  readonly api: ApiService;
  /** Who has this session; undefined where it is none. */
  readonly identify: (name: string, token: string) => Promise<Caller['principal'] | undefined>;
  /** The position of the log that a text names, as a number or a time; undefined: none that the log has come to. */
  readonly momentOf: (text: string) => Promise<bigint | undefined>;
  /** What things were like at a position, once that can be told. */
  readonly viewAt: (position: bigint) => Promise<View>;
  /** Notes what a machine was given, or why it was not. */
  readonly noteDocument: (document: GivenDocument) => void;
}

/** An answer, and what it is about. */
interface Answered extends MadeDocument {
  /** Undefined: nothing that machines ask for of themselves. */
  readonly target?: Target | undefined;
}

const NOT_FOUND: Readonly<Record<ConfigPath['by'], string>> = {
  uuid: 'Config UUID Not Found',
  structure: 'Structure Not Found',
  foundation: 'Foundation Not Found',
  address: 'Address Not Found or is Duplicate',
  caller: 'Address Not Found or is Duplicate',
};

/** Where iPXE asks for a script, whether or not that is a path. */
const SCRIPT = /^\/+config\/+boot_script(?![a-z_])/i;

/**
 * The documents that machines fetch below `/config/`: their configuration, boot scripts and templates. A machine that
 * knows its `config_uuid`, or asks from an address of its own, gets the values of its secrets; by id, locator or the
 * address of another one they are for people with a session, and masked; so are those of the past (`?at=`), whoever asks.
 * Any verb reads them.
 */
export class ConfigDocuments {
  readonly #options: ConfigDocumentsOptions;
  readonly #documents: Documents;

  constructor(options: ConfigDocumentsOptions) {
    this.#options = options;
    this.#documents = new Documents(options);
  }

  get adapter(): ProtocolAdapter {
    return { name: 'config', paths: /^\/+config\//i, handle: (request) => this.#answerFor(request) };
  }

  /** The answer; to iPXE asking for a script, always one that it can run. */
  async #answerFor(request: HttpRequest): Promise<HttpAnswer> {
    const [time, begun] = [this.#options.now(), performance.now()];
    const path = readConfigPath(request.target.replace(/[?#].*$/, ''));
    const made: Answered = path
      ? await this.#answer(request, path).catch(this.#failed)
      : { answer: plain(400, 'Invalid config uri') };
    if (path) {
      const given = givenDocument(path, request, made);
      if (given) this.#options.noteDocument({ time, durationMs: Math.round(performance.now() - begun), ...given });
    }
    const { answer } = made;
    if (!SCRIPT.test(request.target) || !isIpxe(request.header('user-agent'))) return answer;
    if (answer.status === 200 && answer.text !== '') return answer;
    return plain(200, refusalScript(answer.text ?? ''));
  }

  /** What nobody foresaw is told by its reference, which stands in the log of the server. */
  readonly #failed = (error: unknown): Answered => {
    const reference = newRequestId();
    this.#options.log.error('a document could not be made', error, { reference });
    return { answer: json(500, { message: `Internal Server Error, reference ${reference}` }) };
  };

  async #answer(request: HttpRequest, path: ConfigPath): Promise<Answered> {
    const at = new URLSearchParams(request.target.split('?')[1] ?? '').get('at');
    if (at !== null) return { answer: await this.#past(request, path, at) };
    // Which addresses there are is nothing that anybody may find out.
    const isForeign = path.by === 'address' && !isSame(path.id, request.source);
    const caller = isForeign ? await this.#callerOf(request) : undefined;
    if (isForeign && !caller) return { answer: json(401, { message: 'Invalid Session' }) };
    const target = await findTarget(this.#options.view(), path, request.source);
    if (!target) return { answer: plain(404, NOT_FOUND[path.by]) };
    if (target.itself) return { ...(await this.#documents.make(target, path.type, undefined)), target };
    const whoever = caller ?? (await this.#callerOf(request));
    const refusal = await this.#refusal(target.about, whoever);
    return refusal ? { answer: refusal } : this.#documents.make(target, path.type, whoever);
  }

  /** A document as of a moment, for somebody with a session. */
  async #past(request: HttpRequest, path: ConfigPath, at: string): Promise<HttpAnswer> {
    const caller = await this.#callerOf(request);
    if (!caller) return json(401, { message: 'Invalid Session' });
    const position = await this.#options.momentOf(at);
    if (position === undefined) {
      return plain(400, 'at must be a position of the log or a time in a form of ISO 8601, and not lie ahead');
    }
    const view = await this.#options.viewAt(position);
    const target = await findTarget(view, path, request.source);
    if (!target) return plain(404, NOT_FOUND[path.by]);
    const documents = new Documents({ ...this.#options, view: () => view, present: this.#options.view });
    const refusal = await this.#refusal(target.about, caller, position);
    return refusal ?? (await documents.make({ ...target, itself: false }, path.type, caller)).answer;
  }

  /** Who asks; undefined where they have no session. */
  async #callerOf({ header, source }: HttpRequest): Promise<Caller | undefined> {
    const [name, token] = [header('auth-id'), header('auth-token')];
    const principal = name && token ? await this.#options.identify(name, token) : undefined;
    return principal && { principal, source };
  }

  /** Why somebody may not see a document of others; undefined: they may. */
  async #refusal(about: About, caller: Caller | undefined, at?: bigint): Promise<HttpAnswer | undefined> {
    const { api } = this.#options;
    if (!caller) return json(401, { message: 'Invalid Session' });
    const [path, key] = objectOf(about);
    const model = api.catalogue.model(path);
    if (!model) return plain(404, `${about.kind} Not Found`);
    try {
      await api.get(model, [key], { caller, id: newRequestId() }, { make: () => undefined, kept: false }, at);
      return undefined;
    } catch (error) {
      if (error instanceof Forbidden) return json(403, { message: 'Not Authorized' });
      if (error instanceof NotFound) return plain(404, `${about.kind} Not Found`);
      throw error;
    }
  }
}
