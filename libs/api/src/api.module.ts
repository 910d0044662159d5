import type { DynamicModule, FactoryProvider } from '@nestjs/common';
import { Module } from '@nestjs/common';
import type { Clock, EventStore } from '#event-store';
import { CLOCK, CommandGateway, EVENT_STORE } from '#event-store';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import type { ApiFeature } from './api-features.ts';
import { ApiCatalogue, ApiFeatures } from './api-features.ts';
import { DeletionRegistry } from './deletion.ts';
import { EraseSecretHandler } from './erase-secret.ts';
import type { Protocol } from './model.ts';
import { SecretSealing } from './secret-sealing.ts';
import { ApiService } from './service.ts';

/** The API as each protocol shows it. */
export class ProtocolApis {
  readonly #apis = new Map<Protocol, ApiService>();
  readonly #make: (protocol: Protocol) => ApiService;

  constructor(
    catalogue: ApiCatalogue,
    reads: ReadStore,
    store: EventStore,
    clock: Clock,
    commands: CommandGateway,
    features: ApiFeatures,
  ) {
    this.#make = (protocol) =>
      new ApiService({
        approvals: () => features.approvals,
        catalogue: catalogue.whole.forProtocol(protocol),
        reads,
        clock,
        head: () => store.head(),
        commands,
      });
  }

  for(protocol: Protocol): ApiService {
    let api = this.#apis.get(protocol);
    if (!api) this.#apis.set(protocol, (api = this.#make(protocol)));
    return api;
  }
}

/** What the API consists of. `forRoot` once per server; every subject adds its models with `forFeature`. */
@Module({})
export class ApiModule {
  static forRoot(): DynamicModule {
    return {
      module: ApiModule,
      global: true,
      providers: [
        ApiFeatures,
        EraseSecretHandler,
        SecretSealing,
        DeletionRegistry,
        {
          provide: ApiCatalogue,
          inject: [ApiFeatures],
          useFactory: (features: ApiFeatures) => new ApiCatalogue(features),
        },
        {
          provide: ProtocolApis,
          inject: [ApiCatalogue, READ_STORE, EVENT_STORE, CLOCK, CommandGateway, ApiFeatures],
          useFactory: (...parts: ConstructorParameters<typeof ProtocolApis>) => new ProtocolApis(...parts),
        },
      ],
      exports: [ApiFeatures, ApiCatalogue, ProtocolApis, SecretSealing, DeletionRegistry],
    };
  }

  static forFeature(feature: ApiFeature): DynamicModule {
    return ApiModule.forFeatureAsync({ useFactory: () => feature });
  }

  /** As `forFeature`, for declarations that need something injected. */
  static forFeatureAsync({
    imports = [],
    inject = [],
    useFactory,
  }: Pick<DynamicModule, 'imports'> & Pick<FactoryProvider<ApiFeature>, 'inject' | 'useFactory'>): DynamicModule {
    const provider: FactoryProvider = {
      provide: Symbol('ApiFeature'),
      inject: [ApiFeatures, ...inject],
      useFactory: async (features: ApiFeatures, ...parts: unknown[]) => features.add(await useFactory(...parts)),
    };
    return { module: ApiModule, imports, providers: [provider] };
  }
}
