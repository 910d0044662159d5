import type { ApprovalRules } from './approvals.ts';
import type { NamespaceDeclaration } from './catalogue.ts';
import { Catalogue } from './catalogue.ts';
import type { Extension, Model } from './model.ts';
import type { ConfigHolder } from './secret-sealing.ts';

/** What a module adds to the API. */
export interface ApiFeature {
  readonly namespaces?: readonly NamespaceDeclaration[];
  readonly models?: readonly Model[];
  readonly extensions?: readonly Extension[];
  /** The kinds of its objects that hold configuration values. */
  readonly configHolders?: readonly ConfigHolder[];
}

/** Everything the modules of a server have added to the API. */
export class ApiFeatures {
  readonly namespaces: NamespaceDeclaration[] = [];
  readonly models: Model[] = [];
  readonly extensions: Extension[] = [];
  readonly configHolders: ConfigHolder[] = [];
  /** Which requests take a second person's yes; undefined: none. */
  approvals: ApprovalRules | undefined;

  add({ namespaces = [], models = [], extensions = [], configHolders = [] }: ApiFeature): this {
    this.namespaces.push(...namespaces);
    this.models.push(...models);
    this.extensions.push(...extensions);
    this.configHolders.push(...configHolders);
    return this;
  }
}

/** The catalogue of the API, put together when it is first asked for, once every module has added to it. */
export class ApiCatalogue {
  readonly #features: ApiFeatures;
  #whole: Catalogue | undefined;

  constructor(features: ApiFeatures) {
    this.#features = features;
  }

  get whole(): Catalogue {
    const { models, extensions, namespaces } = this.#features;
    this.#whole ??= new Catalogue(models, extensions, namespaces);
    return this.#whole;
  }
}
