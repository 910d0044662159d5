import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Pool } from 'pg';
import type { Guarded, Model, Permission } from '#api';
import { ApiCatalogue, ApiService, guarded } from '#api';
import type { EventStore } from '#event-store';
import { systemClock } from '#event-store';
import type { Principal } from '#kernel';
import { silentLogger } from '#kernel';
import { Secrets } from '#secrets';
import { natsKey } from '#wire';
import { AppModule } from '../apps/contractor/src/app.module.ts';
import { cinpAdapter } from '#cinp';
import { acceptCustomVerbs, nodeListener, verbOf } from '#http';
import { restAdapter } from '#rest';
import { serverSettings } from '../apps/contractor/src/settings.ts';

jest.setTimeout(240_000);

/**
 * Who may what: by model, what can be asked of it and the permission that takes. `anybody` needs no session, `session`
 * any session; `*` in the name of a permission stands for the verb. DESCRIBE and OPTIONS are open to anybody.
 */
const TABLE = `
Auth/User
  (login) (logout) (whoami)                          anybody
  (changePassword)                                   session
Auth/Account
  view add change delete                             Auth.*_account
  (setPassword) (closeSessions) (unlink)             Auth.change_account
  (permissions)                                      Auth.view_account
  (erase)                                            Auth.can_erase_account
Auth/Group
  view add change delete                             Auth.*_group
Auth/Service
  view add change delete                             Auth.*_service
  (renewToken)                                       Auth.change_service
  (natsConfig)                                       Auth.view_service
Auth/Session
  view delete                                        session
Auth/Token
  view add delete                                    session
BluePrint/BluePrint
  (getConfig)                                        BluePrint.view_blueprint
BluePrint/FoundationBluePrint
  view add change delete                             BluePrint.*_foundationblueprint
  (getConfig) (explain)                              BluePrint.view_foundationblueprint
  (eraseSecret)                                      BluePrint.change_foundationblueprint
BluePrint/StructureBluePrint
  view add change delete                             BluePrint.*_structureblueprint
  (getConfig) (explain)                              BluePrint.view_structureblueprint
  (eraseSecret)                                      BluePrint.change_structureblueprint
BluePrint/PXE
  view add change delete                             BluePrint.*_pxe
  (lint)                                             BluePrint.view_pxe
BluePrint/Script
  view add change delete                             BluePrint.*_script
  (lint)                                             BluePrint.view_script
BluePrint/BluePrintScript
  view add change delete                             BluePrint.*_blueprintscript
BluePrint/ResourceFile
  (load)                                             BluePrint.can_load_resources
  (export) (shipped)                                 BluePrint.view_resourcefile
Site/Site
  view add change delete                             Site.*_site
  (getConfig) (explain) (getDependencyMap) (graph)   Site.view_site
  (getServices)                                      Building.view_structure
  (eraseSecret)                                      Site.change_site
  (addresses)                                        Utilities.view_address
Site/SiteFile
  (apply)                                            Site.can_apply_site_files
  (export) (convert)                                 Site.view_site
Survey/Plot
  view add change delete                             Survey.*_plot
Survey/Position
  view add change delete                             Survey.*_position
Survey/Cartographer
  view delete                                        Survey.*_cartographer
  (register) (lookup) (setMessage) (done)            Building.can_bootstrap
  (assign)                                           Survey.can_assign_foundation
  (takeIn)                                           Survey.can_take_in
  (blueprints)                                       Survey.view_cartographer
Survey/IntakeRule
  view add change delete                             Survey.*_intakerule
  (preview)                                          Survey.view_intakerule
Directory/Zone
  view add change delete                             Directory.*_zone
  (zoneFile) (reverseZones) (reverseZoneFile)        Directory.view_zone
  (publications) (records) (zoneRecords)             Directory.view_zone
Directory/Entry
  view add change delete                             Directory.*_entry
Utilities/Networked
  view add change delete                             Utilities.*_networked
Utilities/AddressBlock
  view add change delete                             Utilities.*_addressblock
  (usage) (getWithNameSite)                          Utilities.view_addressblock
  (map) (holder) (warnings) (occupancy)              Utilities.view_addressblock
  (nextAddress)                                      Utilities.add_address
  (holdAddress) (useHold) (releaseHold)              Utilities.add_address
Utilities/Network
  view add change delete                             Utilities.*_network
  (getWithNameSite)                                  Utilities.view_network
Utilities/NetworkAddressBlock
  view add change delete                             Utilities.*_networkaddressblock
Utilities/RealNetworkInterface
  view add change delete                             Utilities.*_realnetworkinterface
Utilities/AbstractNetworkInterface
  view add change delete                             Utilities.*_abstractnetworkinterface
Utilities/AggregatedNetworkInterface
  view add change delete                             Utilities.*_aggregatednetworkinterface
Utilities/BaseAddress
  (lookup)                                           Utilities.view_address
Utilities/Address
  view add change delete                             Utilities.*_address
Utilities/ReservedAddress
  view add change delete                             Utilities.*_reservedaddress
Utilities/DynamicAddress
  view add change delete                             Utilities.*_dynamicaddress
Building/Foundation
  view change delete                                 Building.*_foundation
  (doCreate) (doDestroy) (doJob)                     Building.can_create_foundation_job
  (getJob) (getConfig) (explain) (impact)            Building.view_foundation
  (selectionImpact) (count)                          Building.view_foundation
  (checkConfig) (graph) (render)                     Building.view_foundation
  (getFoundationTypes) (getInterfaceList)            Building.view_foundation
  (setIdMap)                                         Building.can_bootstrap
  (acceptHardware)                                   Building.can_accept_hardware
  (acceptMachine)                                    Building.can_accept_machine
  (settings)                                         Building.can_look_at_machines
  (force)                                            Building.can_force_foundation
Test/TestFoundation
  view add change delete                             Building.*_foundation
Test/TestComplexedFoundation
  view add change delete                             Building.*_foundation
Manual/ManualFoundation
  view add change delete                             Building.*_foundation
Manual/ManualComplexedFoundation
  view add change delete                             Building.*_foundation
VirtualBox/VirtualBoxFoundation
  view add change delete                             Building.*_foundation
VCenter/VCenterFoundation
  view add change delete                             Building.*_foundation
Proxmox/ProxmoxFoundation
  view add change delete                             Building.*_foundation
LibVirt/LibVirtFoundation
  view add change delete                             Building.*_foundation
IPMI/IPMIFoundation
  view add change delete                             Building.*_foundation
RedFish/RedFishFoundation
  view add change delete                             Building.*_foundation
AMT/AMTFoundation
  view add change delete                             Building.*_foundation
Docker/DockerFoundation
  view add change delete                             Building.*_foundation
Building/Structure
  view add change delete                             Building.*_structure
  (doCreate) (doDestroy) (doJob)                     Building.can_create_structure_job
  (getJob) (getConfig) (explain) (impact)            Building.view_structure
  (selectionImpact) (count) (getService)             Building.view_structure
  (overview)                                         Building.view_structure
  (checkConfig) (graph) (render)                     Building.view_structure
  (getWithHostnameSite)                              Building.view_structure
  (updateConfig)                                     Building.can_config_structure
  (eraseSecret)                                      Building.change_structure
  (force)                                            Building.can_force_structure
Building/Complex
  view add change delete                             Building.*_complex
  (createFoundation)                                 Building.can_create_foundation
  (impact) (graph) (machines)                        Building.view_complex
  (look)                                             Building.can_look_at_machines
  (adopt)                                            Building.can_adopt
Building/Machine
  (provision)                                        Building.can_provision
  (deprovision)                                      Building.can_deprovision
Building/Deprovision
  view                                               Building.view_deprovision
  (cancel)                                           Building.can_deprovision
Test/TestComplex
  view add change delete                             Building.*_complex
Manual/ManualComplex
  view add change delete                             Building.*_complex
VirtualBox/VirtualBoxComplex
  view add change delete                             Building.*_complex
VCenter/VCenterComplex
  view add change delete                             Building.*_complex
Proxmox/ProxmoxComplex
  view add change delete                             Building.*_complex
LibVirt/LibVirtComplex
  view add change delete                             Building.*_complex
Docker/DockerComplex
  view add change delete                             Building.*_complex
Docker/DockerPort
  view add change delete                             Docker.*_dockerport
Building/ComplexStructure
  view add change delete                             Building.*_complexstructure
Building/Dependency
  view add change delete                             Building.*_dependency
  (doCreate) (doDestroy)                             Building.can_create_dependency_job
  (getJob) (impact) (graph)                          Building.view_dependency
  (force)                                            Building.can_force_dependency
Foreman/BaseJob
  (pause) (resume) (reset) (cancel) (rollback)       Foreman.can_base_job
  (signalComplete) (signalAlert) (postMessage)       Foreman.can_job_signal
  (clearDispatched)                                  Foreman.can_base_job
  (done)                                             Foreman.can_force_job
  (ignoreWindow)                                     Foreman.can_ignore_window
  (jobRunnerVariables) (jobRunnerState) (jobStats)   Foreman.can_base_job
  (board) (course)                                   Foreman.view_basejob
Foreman/FoundationJob
  view                                               Foreman.view_foundationjob
  (pause) (resume) (reset) (cancel) (rollback)       Foreman.can_foundation_job
  (jobRunnerVariables) (jobRunnerState)              Foreman.can_foundation_job
  (ignoreWindow)                                     Foreman.can_ignore_window
Foreman/StructureJob
  view                                               Foreman.view_structurejob
  (pause) (resume) (reset) (cancel) (rollback)       Foreman.can_structure_job
  (jobRunnerVariables) (jobRunnerState)              Foreman.can_structure_job
  (ignoreWindow)                                     Foreman.can_ignore_window
Foreman/DependencyJob
  view                                               Foreman.view_dependencyjob
  (pause) (resume) (reset) (cancel) (rollback)       Foreman.can_dependency_job
  (jobRunnerVariables) (jobRunnerState)              Foreman.can_dependency_job
  (ignoreWindow)                                     Foreman.can_ignore_window
Foreman/LostTask
  view                                               Foreman.view_losttask
  (done) (failed) (again)                            Foreman.can_base_job
Foreman/JobLog
  view                                               Foreman.view_joblog
Foreman/Limit
  view add change delete                             Foreman.*_limit
  (usage)                                            Foreman.view_limit
Foreman/Wave
  view add delete                                    Foreman.*_wave
  (preview)                                          Foreman.add_wave
  (progress)                                         Foreman.view_wave
  (pause) (resume) (cancel)                          Foreman.can_wave
Foreman/MaintenanceWindow
  view add change delete                             Foreman.*_maintenancewindow
  (openings) (state)                                 Foreman.view_maintenancewindow
Foreman/HoldRule
  view add change delete                             Foreman.*_holdrule
Foreman/Hold
  view                                               Foreman.view_hold
  (release)                                          Foreman.can_release_hold
  (override)                                         Foreman.can_override_hold
SubContractor/Dispatch
  (getJobs) (jobResults) (jobError)                  SubContractor.can_dispatch
SubContractor/Subcontractor
  view (history)                                     SubContractor.view_subcontractor
SubContractor/DHCPd
  (getDynamicPools) (getStaticPools) (getSubnets)    SubContractor.can_dispatch
SubContractor/DHCPLease
  view                                               SubContractor.view_dhcplease
  (report) (reported)                                SubContractor.can_dispatch
SubContractor/BootTrace
  (show)                                             SubContractor.view_boottrace
  (report)                                           SubContractor.can_dispatch
PostOffice/FoundationPost
  view                                               PostOffice.*_foundationpost
PostOffice/StructurePost
  view                                               PostOffice.*_structurepost
PostOffice/FoundationBox
  view add change delete                             PostOffice.*_foundationbox
  (extend)                                           PostOffice.change_foundationbox
PostOffice/StructureBox
  view add change delete                             PostOffice.*_structurebox
  (extend)                                           PostOffice.change_structurebox
PostOffice/Subscription
  view add change delete                             PostOffice.*_subscription
  (renewKey) (ping) (skip)                           PostOffice.change_subscription
  (status) (listKinds)                               PostOffice.view_subscription
PostOffice/Delivery
  (list)                                             PostOffice.view_delivery
  (retry) (discard)                                  PostOffice.can_delivery
Records/DeadLetter
  (list)                                             Records.view_deadletter
  (retry) (discard)                                  Records.can_dead_letter
Records/Log
  (verify) (state) (stop)                            Records.can_verify
Records/ReadModel
  (state)                                            Records.view_readmodel
  (rebuild)                                          Records.can_rebuild
Records/Dashboard
  (show)                                             session
Records/Server
  (about) (settings)                                 Records.view_server
Records/Discovery
  (hosts) (prometheus) (ansible)                     Building.view_structure
Records/Recorder
  (query) (queryObjects)                             Records.can_query
Records/Request
  (list) (show)                                      Records.view_request
  (undo)                                             Records.can_undo
Records/Search
  (find)                                             session
Records/Secret
  (reads)                                            Records.view_secret
  (erase)                                            Records.can_erase_secret
Records/Preview
  (make) (list) (get) (commit) (discard)             session
  (listAll)                                          Records.view_preview
  (approve) (reject)                                 Records.can_approve
Setup/Installation
  (setUp)                                            Setup.can_set_up
Setup/Platform
  (list)                                             Setup.view_platform
  (enable)                                           Setup.can_enable_platform
Image/Image
  view add change delete                             Image.*_image
  (verify)                                           Image.view_image
  (discard)                                          Image.delete_image
`;

/** The rows of the table, one for each thing that can be asked. */
function rowsOf(table: string): Map<string, Permission> {
  const rows = new Map<string, Permission>();
  let model = '';
  for (const line of table.split('\n').filter(Boolean)) {
    if (!line.startsWith(' ')) {
      model = line.trim();
      continue;
    }
    const words = line.trim().split(/\s+/);
    const permission = words.pop() ?? '';
    const named = permission === 'anybody' || permission === 'session';
    for (const what of words) {
      rows.set(`${model} ${what}`, named ? permission : { grant: permission.replace('*', what) });
    }
  }
  return rows;
}

/** Whoever gets past the checks of permissions finds that nothing is there. */
async function nothing(): Promise<never> {
  throw new Error('nothing is there');
}

/** The API of the server, whose modules are put together and never started. */
const catalogue = await (async () => {
  const pool = {} as Pool;
  const app = await NestFactory.create(
    AppModule.of({
      settings: serverSettings({}),
      log: silentLogger,
      pool,
      secrets: new Secrets(pool, Buffer.alloc(32)),
      installation: { id: 'none', data: 'none' },
      natsKey: natsKey('none'),
      onAdministratorCreated: () => undefined,
      eventSourcing: {
        store: {} as EventStore,
        pool,
        clock: systemClock(),
        onProjectorError: () => undefined,
        onReactionError: () => undefined,
      },
    }),
    new FastifyAdapter(),
    { logger: false, abortOnError: false },
  );
  return app.get(ApiCatalogue).whole;
})();

const apiFacing = (face: 'cinp' | 'rest'): ApiService => {
  const view = {
    get: nothing,
    many: nothing,
    cached: nothing,
    keys: nothing,
    list: nothing,
    tally: nothing,
    stamp: () => undefined,
  };
  return new ApiService({
    catalogue: catalogue.forProtocol(face),
    reads: { now: view, at: () => view, changes: nothing, projector: { caughtUp: async () => true, reached: 0n } },
    clock: { now: () => '2026-01-01T00:00:00.000000+00:00', millis: () => 0, observe: () => undefined },
    head: nothing,
    commands: { execute: nothing },
  });
};

/** Who asks; the last one has been granted everything but the permission in question. */
const CALLERS = ['anonymous', 'any session', 'granted', 'superuser', 'granted all else'] as const;
type Who = (typeof CALLERS)[number];

const everything = guarded(catalogue).flatMap(({ permission }) =>
  typeof permission === 'string' ? [] : [permission.grant],
);

function personFor(who: Who, permission: Permission): Principal | undefined {
  const grant = typeof permission === 'string' ? '' : permission.grant;
  const permissions: Readonly<Record<Who, readonly string[]>> = {
    anonymous: [],
    'any session': [],
    granted: [grant],
    superuser: [],
    'granted all else': everything.filter((name) => name !== grant),
  };
  if (who === 'anonymous') return undefined;
  return { name: 'one', superuser: who === 'superuser', permissions: new Set(permissions[who]), session: '' };
}

const MAY: Readonly<Record<'anybody' | 'session' | 'granted', readonly Who[]>> = {
  anybody: CALLERS,
  session: CALLERS.filter((who) => who !== 'anonymous'),
  granted: ['granted', 'superuser'],
};

const whoMay = (permission: Permission): readonly Who[] => MAY[typeof permission === 'string' ? permission : 'granted'];

interface Ask {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

const modelOf = (path: string): Model => {
  const model = catalogue.model(path);
  if (!model) throw new Error(`there is no ${path}`);
  return model;
};

const actionIn = (what: string): string => what.slice(1, -1);
const isStatic = (model: string, what: string) => modelOf(model).actions?.[actionIn(what)]?.static === true;

const isShown = (face: 'cinp' | 'rest', key: string): boolean =>
  guarded(catalogue.forProtocol(face)).some(({ model, what }) => `${model} ${what}` === key);

/** How each face is asked for something. */
const ASK: Readonly<Record<'cinp' | 'rest', (model: string, what: string) => Ask[]>> = {
  cinp: (model, what) => {
    const path = `/api/v1/${model}`;
    if (what.startsWith('('))
      return [{ method: 'CALL', path: `${path}${isStatic(model, what) ? '' : ':1:'}${what}`, body: '{}' }];
    const verbs: Readonly<Record<string, Ask[]>> = {
      view: [
        { method: 'GET', path: `${path}:1:` },
        { method: 'LIST', path },
      ],
      add: [{ method: 'CREATE', path, body: '{}' }],
      change: [{ method: 'UPDATE', path: `${path}:1:`, body: '{}' }],
      delete: [{ method: 'DELETE', path: `${path}:1:` }],
    };
    return verbs[what] ?? [];
  },
  rest: (model, what) => {
    const path = `/api/rest/${model}`;
    if (what.startsWith('('))
      return [{ method: 'POST', path: `${path}${isStatic(model, what) ? '' : '/1'}/${actionIn(what)}`, body: '{}' }];
    const verbs: Readonly<Record<string, Ask[]>> = {
      view: [
        { method: 'GET', path: `${path}/1` },
        { method: 'GET', path },
      ],
      add: [{ method: 'POST', path, body: '{}' }],
      change: [{ method: 'PATCH', path: `${path}/1`, body: '{}' }],
      delete: [{ method: 'DELETE', path: `${path}/1` }],
    };
    return verbs[what] ?? [];
  },
};

describe('permissions', () => {
  const table = rowsOf(TABLE);
  let server: Server;
  let url: string;
  let person: Principal | undefined;

  const send = async ({ method, path, body }: Ask): Promise<number> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        'CInP-Version': '1.0',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(person ? { 'Auth-Id': person.name, 'Auth-Token': 'token' } : {}),
      },
      ...(body === undefined ? {} : { body }),
    });
    await response.arrayBuffer();
    return response.status;
  };

  beforeAll(async () => {
    const identify = async () => person;
    const log = { error: () => undefined };
    const cinp = cinpAdapter({ api: apiFacing('cinp'), identify, log });
    const rest = restAdapter({
      api: apiFacing('rest'),
      identify,
      log,
      positionAt: nothing,
      kept: { find: nothing, keep: nothing },
      mark: String,
    });
    const http = createServer((request, response) => {
      const face = (request.url ?? '').startsWith('/api/rest/') ? rest : cinp;
      void nodeListener(face)(request, response, verbOf(request));
    });
    acceptCustomVerbs(http);
    server = http.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  it('are those of the table, for everything there is', () => {
    const line = ({ model, what, permission }: Guarded) => `${model} ${what}: ${JSON.stringify(permission)}`;
    expect(guarded(catalogue).map(line).toSorted()).toEqual(
      [...table].map(([key, permission]) => `${key}: ${JSON.stringify(permission)}`).toSorted(),
    );
  });

  it('are granted, but for what has to be open', () => {
    const open = guarded(catalogue).filter(({ permission }) => typeof permission === 'string');
    expect(
      open
        .map(
          ({ model, what, permission }) =>
            `${model} ${what}: ${typeof permission === 'string' ? permission : permission.grant}`,
        )
        .toSorted(),
    ).toEqual(
      [
        // Each part of it takes its own permission.
        'Records/Dashboard (show): session',
        'Auth/User (login): anybody',
        'Auth/User (logout): anybody',
        'Auth/User (whoami): anybody',
        'Auth/User (changePassword): session',
        // Their own; those of others take permissions (`owned`).
        ...['view', 'delete'].map((what) => `Auth/Session ${what}: session`),
        ...['view', 'add', 'delete'].map((what) => `Auth/Token ${what}: session`),
        'Records/Search (find): session',
        // Each request in a preview takes its own permission, also when it is committed.
        ...['make', 'list', 'get', 'commit', 'discard'].map((name) => `Records/Preview (${name}): session`),
      ].toSorted(),
    );
  });

  it.each([...table].map(([key, permission]) => [key, permission] as const))(
    '%s is done for those who may, and for nobody else',
    async (key, permission) => {
      const [model = '', what = ''] = key.split(' ');
      const seen: string[] = [];
      const wanted: string[] = [];
      for (const face of ['cinp', 'rest'] as const) {
        for (const ask of isShown(face, key) ? ASK[face](model, what) : []) {
          for (const who of CALLERS) {
            person = personFor(who, permission);
            const status = await send(ask);
            const denied = face === 'rest' && who === 'anonymous' ? 401 : 403;
            const outcome = status === denied ? 'denied' : [401, 403].includes(status) ? String(status) : 'let in';
            const line = `${ask.method} ${ask.path} by ${who}: `;
            seen.push(`${line}${outcome}`);
            wanted.push(`${line}${whoMay(permission).includes(who) ? 'let in' : 'denied'}`);
          }
        }
      }
      expect(wanted).not.toEqual([]);
      expect(seen).toEqual(wanted);
    },
  );

  it('are not asked for by DESCRIBE and OPTIONS', async () => {
    person = undefined;
    const shown = catalogue.forProtocol('cinp');
    const paths = shown.models.flatMap(({ path, actions = {} }) => [
      `/api/v1/${path}`,
      ...Object.keys(actions).map((name) => `/api/v1/${path}(${name})`),
    ]);
    for (const path of ['/api/v1/', ...shown.namespaces.map(({ name }) => `/api/v1/${name}/`), ...paths]) {
      for (const method of ['DESCRIBE', 'OPTIONS']) {
        expect([method, path, await send({ method, path })]).toEqual([method, path, 200]);
      }
    }
  });
});
