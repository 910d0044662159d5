import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import type { Pool } from 'pg';
import { ApiModule } from '#api';
import { AuthModule } from '#auth';
import type { NatsAccess } from '#auth';
import { BlueprintModule, SHIPPED_RESOURCES } from '#blueprint';
import { BootModule } from '#boot';
import { BuildingModule } from '#building';
import { SERVED } from '#config';
import { DirectoryModule } from '#directory';
import { DhcpModule } from '#dhcp';
import { DnsModule, PublisherModule } from '#dns';
import { DockerPortsModule } from '#docker-ports';
import { DocumentsModule } from '#documents';
import { contributeListeners, EventSourcingModule, Reactions } from '#event-sourcing';
import type { EventSourcingOptions } from '#event-sourcing';
import { ForemanModule } from '#foreman';
import type { IntegrityOptions } from '#integrity';
import { IntegrityModule } from '#integrity';
import { ImagesModule } from '#images';
import { InventoryModule } from '#inventory';
import { IpamModule } from '#ipam';
import type { Logger } from '#kernel';
import { OverviewModule } from '#overview';
import type { ServerHalf } from '#platform';
import { PLATFORMS } from '#platform';
import { platformResources } from '#platforms/resources';
import { platformNamespaces, repeatOf, retryOf, serverHalves } from '#platforms/servers';
import { People } from '#people';
import { PreviewModule } from '#preview';
import { PostOfficeModule } from '#post-office';
import { ProvisionModule } from '#provision';
import { RecordsModule } from '#records';
import type { Installation, ServerFacts } from '#runtime';
import { DATABASE, LOGGER, SERVER_FACTS, settingsModule } from '#runtime';
import { Secrets } from '#secrets';
import { SearchModule } from '#search';
import { SetupModule } from '#setup';
import { SiteModule, sites } from '#site';
import { SiteFilesModule } from '#site-files';
import { PlotsModule } from '#plots';
import { SurveyModule } from '#survey';
import type { InProcessWire, NatsKey } from '#wire';
import { inProcessWire, jetstreamForeman, natsAccount, natsConfiguration, natsKey } from '#wire';
import { NATS_CONFIGURATION, NatsConfigurationFile } from './nats-configuration-file.ts';
import { EmbeddedSubcontractor, EMBEDDED_WIRE } from './embedded-subcontractor.ts';
import type { Settings } from './settings.ts';
import { settingsTables } from './settings.ts';

/** What a server stands on, opened before its modules are put together. */
export interface ServerParts {
  readonly settings: Settings;
  readonly log: Logger;
  readonly pool: Pool;
  readonly secrets: Secrets;
  readonly installation: Installation;
  /** The key by which NATS knows the server. */
  readonly natsKey: NatsKey;
  readonly eventSourcing: EventSourcingOptions;
  /** A report of an agent was put aside, because nobody can take it. */
  readonly onUndeliverableReport?: () => void;
  readonly onLateReport?: () => void;
  /** Told name and password of the administrator when one is made, once. */
  readonly onAdministratorCreated: (user: { readonly name: string; readonly password: string }) => void;
}

/** What everything else has injected: the logger, the database, the ledgers of secrets and of people, the platforms. */
@Module({})
class PartsModule {
  static of({ settings, log, pool, secrets, installation }: ServerParts): DynamicModule {
    const started = new Date(Date.now() - process.uptime() * 1000).toISOString();
    const facts: ServerFacts = { installation: installation.id, started, settings: settings.inForce };
    const values: readonly (readonly [string | symbol | typeof Secrets, unknown])[] = [
      [LOGGER, log],
      [DATABASE, pool],
      [Secrets, secrets],
      [SERVED, settings.config],
      [PLATFORMS, serverHalves satisfies readonly ServerHalf[]],
      [SHIPPED_RESOURCES, platformResources],
      [SERVER_FACTS, facts],
    ];
    return {
      module: PartsModule,
      global: true,
      providers: [
        ...values.map(([provide, useValue]) => ({ provide, useValue })),
        { provide: People, useFactory: () => new People(pool, secrets.derivedKey('people')) },
      ],
      exports: [...values.map(([provide]) => provide), People],
    };
  }
}

/** How services are known on NATS. */
const natsAccess = ({ installation, natsKey: { publicKey } }: ServerParts): NatsAccess => ({
  publicKeyOf: (token) => natsKey(token).publicKey,
  configuration: (subcontractors, whole) => {
    const account = { installation: installation.id, server: publicKey, subcontractors };
    return whole ? natsConfiguration(account) : natsAccount(account);
  },
});

const integrityOptions = ({ settings, secrets, installation }: ServerParts): IntegrityOptions => ({
  adapter: settings.eventStore.eventStore,
  data: installation.data,
  everyEvents: settings.integrity.checkpointEvents,
  everyMs: settings.integrity.checkpointSeconds,
  keys: {
    set: settings.integrity.checkpointKey,
    formerSet: settings.integrity.checkpointKeyFormer,
    directory: settings.runtime.data,
    made: secrets.derivedKey('checkpoints'),
  },
});

/** The server: what its modules are, and nothing else. */
@Module({})
export class AppModule {
  static of(parts: ServerParts): DynamicModule {
    const { settings, log, installation } = parts;
    const { natsUrl, natsTransport, embeddedSubcontractor } = settings.wire;
    const local: InProcessWire | undefined = natsUrl === undefined ? inProcessWire() : undefined;
    const { seed } = parts.natsKey;
    const nats = natsAccess(parts);
    const wire =
      local?.foreman ??
      jetstreamForeman({ servers: natsUrl ?? '', ...natsTransport, name: 'contractor', log, installation, seed });
    return {
      module: AppModule,
      imports: [
        settingsModule(settingsTables, settings),
        PartsModule.of(parts),
        EventSourcingModule.forRoot(parts.eventSourcing),
        ApiModule.forRoot(),
        IntegrityModule.forRoot(integrityOptions(parts)),
        AuthModule.forRoot({
          ...settings.auth,
          ...settings.openId,
          made: parts.onAdministratorCreated,
          sites,
          nats,
          data: settings.runtime.data,
        }),
        BlueprintModule,
        SiteModule,
        PlotsModule,
        SurveyModule,
        DirectoryModule,
        IpamModule,
        ForemanModule.forRoot({
          wire,
          repeatOf,
          retryOf,
          sites,
          onUndeliverableReport: parts.onUndeliverableReport ?? (() => undefined),
          onLateReport: parts.onLateReport ?? (() => undefined),
        }),
        BuildingModule,
        ApiModule.forFeature({ namespaces: platformNamespaces, models: [] }),
        DockerPortsModule,
        ProvisionModule,
        InventoryModule,
        DhcpModule,
        BootModule,
        ImagesModule,
        DnsModule.forRoot(settings.dns),
        PublisherModule,
        DocumentsModule,
        PostOfficeModule,
        RecordsModule,
        PreviewModule.forRoot(settings.preview),
        SearchModule,
        OverviewModule,
        SiteFilesModule,
        SetupModule,
      ],
      providers: [
        Reactions,
        { provide: EMBEDDED_WIRE, useValue: embeddedSubcontractor ? local : undefined },
        EmbeddedSubcontractor,
        { provide: NATS_CONFIGURATION, useValue: { file: settings.wire.natsConfig, access: nats } },
        NatsConfigurationFile,
        contributeListeners(NatsConfigurationFile, ({ followers }) => followers),
      ],
    };
  }
}
