import type { Catalogue } from '#api';
import type { Key } from '#read-store';
import type { Definition } from './definition.ts';
import { idOf } from './definition.ts';
import { OBJECT_KINDS } from './object-kinds.ts';
import type { Candidate } from './references.ts';
import { candidates } from './references.ts';
import type { SiteContents } from './site-contents.ts';
import type { SiteFaults } from './site-faults.ts';

/** What has become of an object that others refer to. */
export interface Referred {
  readonly key: Key | undefined;
  readonly failed: boolean;
}

/** What names of files are resolved with. */
export interface NameSources {
  readonly catalogue: Catalogue;
  readonly contents: SiteContents;
  readonly faults: SiteFaults;
  readonly definitions: ReadonlyMap<string, Definition>;
  /** Applies a definition, where that has not been done; undefined: it is being applied. */
  outcome(definition: Definition): Promise<Referred | undefined>;
}

/** Finds what names in files lead to. */
export class NameResolution {
  readonly #sources: NameSources;

  constructor(sources: NameSources) {
    this.#sources = sources;
  }

  /** What a name in a file leads to; where that is nothing, it is a fault of the key. */
  async refer(definition: Definition, key: string, model: string, text: string): Promise<Referred | undefined> {
    const { catalogue, faults } = this.#sources;
    if (model === 'Utilities/NetworkInterface') return this.#interface(definition, key, text);
    const tried = candidates(catalogue, model, text, definition);
    if (!tried) return { key: text, failed: false };
    const found = await this.resolve(tried);
    if (!found)
      faults.of(definition, key, 'INVALID_VALUE', `there is no ${OBJECT_KINDS[tried[0]!.kind].called} ${text}`);
    return found;
  }

  /** The first of some candidates that is there: what files define comes before what the server has. */
  async resolve(tried: readonly Candidate[]): Promise<Referred | undefined> {
    const { definitions, contents, outcome } = this.#sources;
    for (const one of tried) {
      const definition = definitions.get(idOf(one));
      if (definition) return (await outcome(definition)) ?? { key: undefined, failed: true };
    }
    for (const { kind, name, site } of tried) {
      const found = await contents.find(kind, name, site);
      if (found) return { key: found.key, failed: false };
    }
    return undefined;
  }

  /** The address that another one points to: `HOST INTERFACE[:ALIAS]`, with the site in front where it is another one. */
  async address(definition: Definition, text: string): Promise<Referred | undefined> {
    const space = text.indexOf(' ');
    const host = text.slice(0, Math.max(0, space));
    const name = `${host.includes('/') ? host : `${definition.site}/${host}`}${text.slice(space)}`;
    const site = host.includes('/') ? (host.split('/')[0] ?? '') : definition.site;
    const found = await this.resolve([{ kind: 'address', site, name }]);
    if (!found) this.#sources.faults.of(definition, 'pointer', 'INVALID_VALUE', `there is no address "${text}"`);
    return found;
  }

  /** An interface that another one is made of: of the foundation, else of the structure (`structure/eth0`: only that). */
  async #interface(definition: Definition, key: string, text: string): Promise<Referred | undefined> {
    const { contents, definitions, faults } = this.#sources;
    const { of, site } = definition;
    const [prefix, inner] = text.split('/');
    const name = inner === undefined ? text : inner;
    const host = definitions.get(`structure ${of}`);
    const there = await contents.find('structure', of, site);
    const locator = host?.values['foundation'] ?? there?.fields['foundation'];
    const tried: Candidate[] = [
      ...(prefix !== 'structure' || inner === undefined
        ? [{ kind: 'interface', site, name: `${String(locator)} ${name}` } as const]
        : []),
      { kind: 'logical', site, name: `${of} ${name}` },
    ];
    const found = await this.resolve(tried);
    if (!found) faults.of(definition, key, 'INVALID_VALUE', `there is no interface ${text} of it or its foundation`);
    return found;
  }
}
