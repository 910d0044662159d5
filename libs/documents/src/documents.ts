import { maskingLayer } from '#api';
import { pxes } from '#blueprint';
import type { MachineLogins } from '#boot';
import { bootScript } from '#boot';
import type { FindType } from '#building';
import {
  bootedByFoundation,
  bootedByStructure,
  connectionOf,
  foundationLayers,
  layersFor,
  structureLayers,
} from '#building';
import type { ConfigFault, Layer, Served } from '#config';
import {
  mergedConfiguration,
  overlay,
  renderTemplate,
  servedLayer,
  unmaskedConfiguration,
  Unrenderable,
} from '#config';
import type { HttpAnswer } from '#http';
import { imageLayer } from '#images';
import type { Caller, Json, Logger } from '#kernel';
import type { View } from '#read-store';
import { siteLayers } from '#site';
import { json, plain } from './answers.ts';
import type { BootType } from './boot-texts.ts';
import type { CloudInitFile } from './cloud-init.ts';
import { CLOUD_CONFIG, cloudInitFile } from './cloud-init.ts';
import { faultText } from './boot-texts.ts';
import type { About, Target } from './find-target.ts';
import { objectOf } from './find-target.ts';
import type { ReadSecret } from './revealed-layers.ts';
import { revealed, revealedLayers } from './revealed-layers.ts';

/** What the documents of machines are made with. */
export interface DocumentOptions {
  readonly view: () => View;
  /** What is now, where `view` shows the past: names that were declared secret later are masked there too. */
  readonly present?: () => View;
  readonly now: () => string;
  readonly served: Served;
  readonly findType: FindType;
  readonly readSecret: ReadSecret;
  /** Notes that a machine was handed secrets, by their ids. */
  readonly noteSecrets: (reader: string, secrets: readonly string[]) => void;
  readonly log: Logger;
  /** What machines are let in by that boot for a job, or to be surveyed; undefined: boot scripts have none. */
  readonly logins?: Pick<MachineLogins, 'layer'> | undefined;
}

/** A document as it is answered. */
export interface MadeDocument {
  readonly answer: HttpAnswer;
  /** The name of the PXE it is made of; undefined: of none. */
  readonly pxe?: string | undefined;
}

/** Layers as they are shown to somebody, the classes whose entries apply, and whether secrets are in clear text. */
interface Shown {
  readonly layers: readonly Layer[];
  readonly classes: readonly string[];
  readonly clear: boolean;
}

/** Under what name a template sees how the foundation of its structure is reached out of band. */
const CONNECTION = '__connection_paramaters';

/** Makes documents for whoever may see them: for the machine itself with its secrets in clear text, for others masked. */
export class Documents {
  readonly #options: DocumentOptions;

  constructor(options: DocumentOptions) {
    this.#options = options;
  }

  /**
   * @param type which document; others than there are, are refused
   * @param caller who is shown it, where that is not the machine itself
   */
  async make({ about, itself }: Target, type: string, caller: Caller | undefined): Promise<MadeDocument> {
    switch (type) {
      case 'config':
        return { answer: json(200, await this.#configuration(about, await this.#shown(about, itself, caller))) };
      case 'boot_script':
      case 'pxe_template':
        return this.#bootText(about, { type, itself }, await this.#shown(about, itself, caller));
      case 'user-data':
      case 'meta-data':
      case 'vendor-data':
      case 'network-config':
        return this.#cloudInit(about, type, await this.#shown(about, itself, caller));
      default:
        return { answer: plain(400, 'Invalid request type') };
    }
  }

  /** The layers of what a document is about, as whoever asks is shown them. */
  async #shown(about: About, itself: boolean, caller: Caller | undefined): Promise<Shown> {
    const { view, present = view, now, served } = this.#options;
    const { layers, classes, changed } = await this.#layersOf(about);
    // Whoever has a lease is not known: addresses of the DHCP pool bring no secrets, lent or not.
    const clear = itself && about.kind === 'Structure';
    const own = clear
      ? await this.#noted(about, (read) => revealedLayers(layers, read))
      : layersFor(caller ?? { source: '' }, layers);
    const names = await maskingLayer({ now: present() });
    const all = [...own, names, servedLayer(served, { now: now(), changed })];
    const image = await imageLayer(view(), { layers: all, classes }, served);
    return { layers: [...all, ...image], classes, clear };
  }

  /** Reveals secrets to the machine that a document is about, and notes which. */
  async #noted<T>(about: About, reveal: (read: ReadSecret) => Promise<T>): Promise<T> {
    const { readSecret, noteSecrets } = this.#options;
    const read: string[] = [];
    const shown = await reveal((reference) => {
      read.push(reference.$secret);
      return readSecret(reference);
    });
    if (read.length > 0) noteSecrets(objectOf(about).join(' ').replace('Building/', ''), read);
    return shown;
  }

  async #layersOf(about: About): Promise<Omit<Shown, 'clear'> & { readonly changed: readonly string[] }> {
    const { view, findType } = this.#options;
    if (about.kind === 'Address') {
      const { layers, changed } = await siteLayers(view(), about.site);
      return { layers, changed, classes: [] };
    }
    const found =
      about.kind === 'Structure'
        ? await structureLayers(view(), about.id, findType)
        : await foundationLayers(view(), about.locator, findType);
    return found ?? { layers: [], classes: [], changed: [] };
  }

  async #configuration(about: About, { layers, classes, clear }: Shown): Promise<unknown> {
    const { configuration, faults } = await (clear ? unmaskedConfiguration : mergedConfiguration)(layers, classes);
    this.#logFaults(about, faults);
    return configuration;
  }

  /**
   * A file of the seed of cloud-init. Where the answers of what is booted are user data, an installer asks, whose network
   * is none of ours; else an installed machine does.
   */
  async #cloudInit(about: About, file: CloudInitFile, shown: Shown): Promise<MadeDocument> {
    if (about.kind !== 'Structure') return { answer: plain(404, 'Structure Not Found') };
    const { answer, pxe } = await this.#bootText(about, { type: 'pxe_template', itself: false }, shown);
    const isInstalling = answer.text?.startsWith(CLOUD_CONFIG) === true || answer.status !== 200;
    if (isInstalling && file === 'user-data') return { answer, pxe };
    if (isInstalling && file === 'network-config') return { answer: plain(404, 'its installer has a network'), pxe };
    const values = (await this.#configuration(about, shown)) as Readonly<Record<string, Json>>;
    return { answer: plain(200, cloudInitFile(file, values)), pxe };
  }

  /** What is booted, or the answers of its installer; empty where nothing is. */
  async #bootText(
    about: About,
    { type, itself }: { readonly type: BootType; readonly itself: boolean },
    { layers, classes, clear }: Shown,
  ): Promise<MadeDocument> {
    const view = this.#options.view();
    const name = await this.#booted(view, about);
    const pxe = name === undefined ? undefined : await view.get(pxes, name);
    if (!pxe) return { answer: plain(200, '') };
    const connection = type === 'pxe_template' ? await this.#connection(view, about, clear) : [];
    const { logins } = this.#options;
    const own = itself && type === 'boot_script' && logins ? [logins.layer(overlay(layers, classes).values)] : [];
    const { values, secretNames } = overlay([...layers, ...connection, ...own], classes);
    try {
      const source = type === 'boot_script' ? pxe.bootScript : pxe.template;
      const { text, faults } = renderTemplate(source, values, { secretNames, clear });
      this.#logFaults(about, faults);
      return { answer: plain(200, type === 'boot_script' ? bootScript(text) : text), pxe: name };
    } catch (error) {
      if (!(error instanceof Unrenderable)) throw error;
      // The words of the fault may hold a secret of the machine: they are for it alone.
      this.#options.log.warn(`a ${type} can not be rendered`, { of: objectOf(about)[1], pxe: name });
      return { answer: plain(500, faultText(type, error.message)), pxe: name };
    }
  }

  /** What is at fault may hold a secret: it is told by its key. */
  #logFaults(about: About, faults: readonly ConfigFault[]): void {
    if (faults.length === 0) return;
    const [, of] = objectOf(about);
    this.#options.log.warn('a configuration is at fault', { of, keys: faults.map(({ key }) => key) });
  }

  async #booted(view: View, about: About): Promise<string | undefined> {
    if (about.kind === 'Address') return about.pxe ?? undefined;
    return about.kind === 'Structure' ? bootedByStructure(view, about.id) : bootedByFoundation(view, about.locator);
  }

  /** How the foundation of a structure is reached out of band. */
  async #connection(view: View, about: About, clear: boolean): Promise<readonly Layer[]> {
    const { findType } = this.#options;
    if (about.kind !== 'Structure') return [];
    const found = await connectionOf(view, about.id, findType);
    if (!found) return [];
    const value = clear ? await this.#noted(about, (read) => revealed(found, read)) : found;
    return [{ source: { kind: 'Structure', id: about.id }, attributes: [[CONNECTION, value]] }];
  }
}
