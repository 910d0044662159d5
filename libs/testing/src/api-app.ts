import { ApiCatalogue, ApiFeatures, ApiService } from '#api';
import type { Extension, Model, NamespaceDeclaration, Protocol } from '#api';
import type { CommandApp, CommandAppOptions } from './command-app.ts';
import { startCommandApp } from './command-app.ts';

/** What an API for a spec consists of. */
export interface ApiAppOptions extends CommandAppOptions {
  readonly models: readonly Model[];
  readonly extensions?: readonly Extension[];
  readonly namespaces?: readonly NamespaceDeclaration[];
  readonly protocol: Protocol;
}

/** An API over the log, the command bus and the read models of a server. */
export interface ApiApp extends CommandApp {
  readonly api: ApiService;
  /** Whether everybody who waits for the read models is told that they are late; they are up to date all the same. */
  late: boolean;
}

/** Starts it over a database, which stays the caller's. */
export async function startApiApp(options: ApiAppOptions): Promise<ApiApp> {
  const { models, extensions = [], namespaces = [], protocol, providers = [], ...rest } = options;
  const catalogue = new ApiCatalogue(new ApiFeatures().add({ models, extensions, namespaces }));
  const app = await startCommandApp({
    ...rest,
    providers: [...providers, { provide: ApiCatalogue, useValue: catalogue }],
  });
  const { reads, clock, store, commands } = app;
  const started: ApiApp = {
    ...app,
    late: false,
    api: new ApiService({
      catalogue: catalogue.whole.forProtocol(protocol),
      reads,
      clock,
      head: () => store.head(),
      commands,
    }),
  };
  const { projector } = reads;
  const caughtUp = projector.caughtUp.bind(projector);
  projector.caughtUp = async (position, timeoutMs) => (await caughtUp(position, timeoutMs)) && !started.late;
  return started;
}
