import type { ApiService } from '#api';
import { Forbidden, maskingLayer, NotFound } from '#api';
import type { FindType } from '#building';
import { foundationLayers, layersFor, structureLayers, structures } from '#building';
import type { Served } from '#config';
import type { ConfigPath } from '#config';
import { mergedConfiguration, readConfigPath, servedLayer, unmaskedConfiguration } from '#config';
import type { HttpAnswer, HttpRequest, ProtocolAdapter } from '#http';
import { newRequestId } from '#http';
import type { Caller, Logger } from '#kernel';
import { writeJson } from '#kernel';
import type { View } from '#read-store';
import type { ReadSecret } from './revealed-layers.ts';
import { revealedLayers } from './revealed-layers.ts';

/** What the documents of machines are made with. */
export interface ConfigDocumentsOptions {
  /** Answers what needs a session, with its permissions and sites. */
  readonly api: ApiService;
  readonly view: () => View;
  readonly now: () => string;
  readonly served: Served;
  readonly findType: FindType;
  readonly readSecret: ReadSecret;
  readonly log: Logger;
  /** Who has this session; undefined where it is none. */
  readonly identify: (name: string, token: string) => Promise<Caller['principal'] | undefined>;
}

/** What a document is about, and whether whoever asks is the machine itself. */
interface Target {
  readonly kind: 'Structure' | 'Foundation';
  readonly key: string | number;
  readonly itself: boolean;
}

const plain = (status: number, text: string): HttpAnswer => ({
  status,
  headers: { 'Content-Type': 'text/plain;charset=utf-8', 'Cinp-Version': '1.0', 'Cache-Control': 'no-store' },
  text,
});
const json = (status: number, body: unknown): HttpAnswer => ({
  status,
  headers: { 'Content-Type': 'application/json;charset=utf-8', 'Cinp-Version': '1.0', 'Cache-Control': 'no-store' },
  text: writeJson(body),
});

const NOT_FOUND: Readonly<Record<ConfigPath['by'], string>> = {
  uuid: 'Config UUID Not Found',
  structure: 'Structure Not Found',
  foundation: 'Foundation Not Found',
  address: 'Address Not Found or is Duplicate',
  caller: 'Address Not Found or is Duplicate',
};

/**
 * The documents that machines fetch below `/config/`: their configuration, boot scripts and templates. A machine that
 * knows its `config_uuid` gets the values of its secrets; by id or locator they are for people with a session, and
 * masked. Any verb reads them.
 */
export class ConfigDocuments {
  readonly #options: ConfigDocumentsOptions;

  constructor(options: ConfigDocumentsOptions) {
    this.#options = options;
  }

  get adapter(): ProtocolAdapter {
    return { name: 'config', paths: /^\/+config\//i, handle: (request) => this.#answer(request) };
  }

  async #answer(request: HttpRequest): Promise<HttpAnswer> {
    const path = readConfigPath(request.target.replace(/[?#].*$/, ''));
    if (!path) return plain(400, 'Invalid config uri');
    const target = await this.#find(path);
    if (!target) return plain(404, NOT_FOUND[path.by]);
    const caller = target.itself ? undefined : await this.#callerOf(request);
    if (!target.itself) {
      const refused = await this.#refusal(target, caller);
      if (refused) return refused;
    }
    switch (path.type) {
      case 'config':
        return json(200, await this.#configuration(target, caller));
      case 'boot_script':
      case 'pxe_template':
        // What a machine boots is set on its network interfaces; without one there is nothing to boot.
        return plain(200, '');
      default:
        return plain(400, 'Invalid request type');
    }
  }

  async #find({ by, id }: ConfigPath): Promise<Target | undefined> {
    const view = this.#options.view();
    if (by === 'uuid') {
      const { keys } = await view.keys(structures, { where: { configUuid: id } });
      return keys[0] === undefined ? undefined : { kind: 'Structure', key: keys[0], itself: true };
    }
    // Which machine has which address is known with the addresses.
    if (by === 'address' || by === 'caller') return undefined;
    if (by === 'foundation') return { kind: 'Foundation', key: id, itself: false };
    const number = Number(id);
    return Number.isSafeInteger(number) ? { kind: 'Structure', key: number, itself: false } : undefined;
  }

  /** Who asks; undefined where they have no session. */
  async #callerOf({ header, source }: HttpRequest): Promise<Caller | undefined> {
    const [name, token] = [header('auth-id'), header('auth-token')];
    const principal = name && token ? await this.#options.identify(name, token) : undefined;
    return principal && { principal, source };
  }

  /** Why somebody may not see a document of others; undefined: they may. */
  async #refusal({ kind, key }: Target, caller: Caller | undefined): Promise<HttpAnswer | undefined> {
    const { api } = this.#options;
    if (!caller) return json(401, { message: 'Invalid Session' });
    const model = api.catalogue.model(`Building/${kind}`);
    if (!model) return plain(404, `${kind} Not Found`);
    try {
      await api.get(model, [key], { caller, id: newRequestId() }, { make: () => undefined, kept: false });
      return undefined;
    } catch (error) {
      if (error instanceof Forbidden) return json(403, { message: 'Not Authorized' });
      if (error instanceof NotFound) return plain(404, `${kind} Not Found`);
      throw error;
    }
  }

  /** @param caller who is shown it, where that is not the machine itself */
  async #configuration({ kind, key, itself }: Target, caller: Caller | undefined): Promise<unknown> {
    const { view, now, served, findType, readSecret, log } = this.#options;
    const found =
      kind === 'Structure'
        ? await structureLayers(view(), Number(key), findType)
        : await foundationLayers(view(), String(key), findType);
    if (!found) return {};
    const layers = itself
      ? await revealedLayers(found.layers, readSecret)
      : layersFor(caller ?? { source: '' }, found.layers);
    const names = await maskingLayer({ now: view() });
    const whole = [...layers, names, servedLayer(served, { now: now(), changed: found.changed })];
    const { configuration, faults } = await (itself ? unmaskedConfiguration : mergedConfiguration)(
      whole,
      found.classes,
    );
    // What is at fault may hold a secret: it is told by its key.
    if (faults.length > 0) log.warn('a configuration is at fault', { of: key, keys: faults.map((fault) => fault.key) });
    return configuration;
  }
}
