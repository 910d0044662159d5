import type { INestApplicationContext } from '@nestjs/common';
import type { Pool } from 'pg';
import { addRetentionRules } from './retention-rules.ts';
import type { Action } from '#api';
import {
  answers,
  ApiCatalogue,
  declaredSecretsNow,
  permissionsOf,
  PreviewMaker,
  ProtocolApis,
  toMoment,
  toPosition,
} from '#api';
import { Identities, OpenIdSignIn } from '#auth';
import { BootTraces, MachineLogins } from '#boot';
import { CINP_HEADERS, cinpAdapter } from '#cinp';
import type { Served } from '#config';
import { SERVED } from '#config';
import { ConfigDocuments, ImageDownloads } from '#documents';
import { Features } from '#event-sourcing';
import type { Clock, EventStore } from '#event-store';
import { CLOCK, CommandGateway, EVENT_STORE, positionAt } from '#event-store';
import { JobFeed, jobs } from '#foreman';
import type { ProtocolAdapter } from '#http';
import { withCors, withTexts } from '#http';
import type { HttpHandler } from '#http';
import { ImageFiles, images, missingFile } from '#images';
import type { Logger } from '#kernel';
import { People, PERSON_PREFIX } from '#people';
import type { ServerHalf } from '#platform';
import { PLATFORMS } from '#platform';
import { EventFactsReader, EventFeed } from '#post-office';
import type { ReadStore } from '#read-store';
import { NotReady, PostgresIdempotencyStore, READ_STORE } from '#read-store';
import {
  EventFeedAdapter,
  FeedAdapter,
  FileUpload,
  HistoryExport,
  REST_HEADERS,
  restAdapter,
  SessionAdapter,
  UPLOAD_PATHS,
} from '#rest';
import { DATABASE, LOGGER } from '#runtime';
import { Erased, Secrets } from '#secrets';
import type { WhenStopped } from './open-log.ts';
import type { Settings } from './settings.ts';

/** How long the read models may take to show what is told, in milliseconds. */
const MAX_BEHIND_MS = 5000;

/** How long documents of the past wait for the read models, in milliseconds. */
const LATE_ROWS_MS = 5000;

function nothingWhereErased(error: unknown): undefined {
  if (error instanceof Erased) return undefined;
  throw error;
}

/** A path without the login name that it may have in it. */
const withoutNames = (path: string): string => path.replace(/(\/Auth\/Account\/)[^/]+/i, '$1…');

/** The protocols of the API, and the documents of machines, over the modules of a server. */
export async function protocolAdapters(
  app: INestApplicationContext,
  { http, openId: { openId } }: Settings,
  whenStopped: WhenStopped,
): Promise<ProtocolAdapter[]> {
  const apis = app.get(ProtocolApis);
  const identities = app.get(Identities);
  const log = app.get<Logger>(LOGGER);
  const secrets = app.get(Secrets);
  const store = app.get<EventStore>(EVENT_STORE);
  const clock = app.get<Clock>(CLOCK);
  const kept = new PostgresIdempotencyStore(app.get<Pool>(DATABASE));
  await kept.start();
  addRetentionRules(app, kept);
  const { maxBody, corsOrigins } = http;
  const logins = new MachineLogins(secrets.derivedKey('machines that boot'), () => Date.parse(clock.now()));
  const identify = async (name: string, token: string) =>
    logins.identify(name, token) ?? (await identities.identify(name, token));
  const rest = restAdapter({
    api: apis.for('rest'),
    log,
    identify,
    positionAt: (time) => positionAt(store, time),
    now: () => clock.now(),
    kept,
    mark: (text) => secrets.mark(text),
    previews: app.get(PreviewMaker),
    maxBody,
  });
  const permissions = permissionsOf(app.get(ApiCatalogue).whole);
  const sessions = new SessionAdapter({
    api: apis.for('rest'),
    identify,
    login: loginAction(apis, 'login'),
    logout: loginAction(apis, 'logout'),
    expiresOf: (principal) => identities.expiresOf(principal),
    permissions: () => permissions,
    plainSignIn: http.plainSignIn,
    openId:
      openId &&
      new OpenIdSignIn({
        options: openId,
        key: secrets.derivedKey('openid'),
        gateway: app.get(CommandGateway),
        shown: (position) => app.get<ReadStore>(READ_STORE).projector.caughtUp(position, MAX_BEHIND_MS),
        clock,
        log,
      }),
    log,
  });
  const cinp = cinpAdapter({ api: apis.for('cinp'), log, identify, maxBody });
  const types = app.get<readonly ServerHalf[]>(PLATFORMS).flatMap(({ foundationTypes }) => foundationTypes);
  const bootTraces = app.get(BootTraces);
  const documents = new ConfigDocuments({
    api: apis.for('rest'),
    view: () => app.get<ReadStore>(READ_STORE).now,
    now: () => clock.now(),
    served: app.get<Served>(SERVED),
    findType: (name) => types.find(({ type }) => type === name),
    noteSecrets: (reader, ids) => secrets.reads.note(reader, ids),
    noteDocument: (document) => bootTraces.note(document),
    readSecret: (reference) => secrets.read(reference).catch(nothingWhereErased),
    log,
    logins,
    identify,
    momentOf: async (text) => {
      const time = toMoment(text.replace(/ (?=\d{2}:?\d{2}$)/, '+'));
      const position = toPosition(text) ?? (time === undefined ? undefined : await positionAt(store, time));
      return position === undefined || position > (await store.head()) ? undefined : position;
    },
    viewAt: async (position) => {
      const reads = app.get<ReadStore>(READ_STORE);
      if (!(await reads.projector.caughtUp(position, LATE_ROWS_MS))) throw new NotReady('the read models are late');
      return reads.at(position);
    },
  });
  const { catalogue } = apis.for('rest');
  const jobModels = catalogue.models.filter((model) => model.rows === jobs && answers(model, 'view'));
  const feed = new FeedAdapter({ feed: app.get(JobFeed), identify, log, models: () => jobModels });
  const reads = app.get<ReadStore>(READ_STORE);
  const eventFeed = new EventFeed({
    store,
    upcasters: app.get(Features).upcasters,
    facts: new EventFactsReader({ reads, catalogue: () => apis.for('rest').catalogue }),
    catalogue: () => apis.for('rest').catalogue,
    view: () => reads.now,
    shown: async (position) => {
      if (await reads.projector.caughtUp(position, MAX_BEHIND_MS)) return;
      throw new NotReady(`it does not show the log up to ${position} yet`);
    },
    declaredSecrets: () => declaredSecretsNow(reads),
    onError: (error) => log.warn('public events could not be told', { error: String(error) }),
  });
  const events = new EventFeedAdapter({
    feed: eventFeed,
    identify,
    log,
    catalogue,
    positionAt: (time) => positionAt(store, time),
  });
  const people = app.get(People);
  const history = new HistoryExport({
    api: apis.for('rest'),
    feed: eventFeed,
    identify,
    actorsCalled: (name) => people.allInside(name),
    positionAt: (time) => positionAt(store, time),
    now: () => clock.now(),
    log,
  });
  const files = app.get(ImageFiles);
  const upload = new FileUpload({
    permission: { grant: 'Image.add_image' },
    find: (sha256) => files.find(sha256),
    receive: (announced, chunks) => files.receive(announced, chunks),
    identify,
    log,
  });
  const downloads = new ImageDownloads({
    find: (sha256) => files.find(sha256),
    missing: async (sha256) => {
      const { total } = await reads.now.keys(images, { where: { kept: sha256 }, count: 1 });
      return total === 0 ? undefined : missingFile(files.folder, sha256);
    },
  });
  // Streams go on until they are ended: before the server waits for what is under way.
  whenStopped(async () => {
    feed.clients.stop();
    events.clients.stop();
    eventFeed.stop();
    history.stop();
  });
  const onError = (error: unknown): void => log.warn('names of people could not be told', { error: String(error) });
  // Whatever goes out names people by their names; nothing inside does.
  const named = (handle: HttpHandler): HttpHandler => withTexts(handle, people, { mark: PERSON_PREFIX, onError });
  const followed = withCors(named(feed.handle), corsOrigins, REST_HEADERS);
  return [
    documents.adapter,
    downloads.adapter,
    { name: 'upload', paths: UPLOAD_PATHS, handle: withCors(upload.handle, corsOrigins, REST_HEADERS), streams: true },
    { name: 'feed', paths: /^\/+api\/rest\/feed(?:\?|$)/, handle: followed, streams: true },
    {
      name: 'events',
      paths: /^\/+api\/rest\/events(?:\?|$)/,
      handle: withCors(named(events.handle), corsOrigins, REST_HEADERS),
      streams: true,
    },
    {
      name: 'history',
      paths: /^\/+api\/rest\/history\/export(?:\?|$)/,
      handle: withCors(named(history.handle), corsOrigins, REST_HEADERS),
      streams: true,
    },
    // Not for pages of other origins, whatever they may use else.
    { name: 'session', paths: /^\/+api\/rest\/session(?:[?/]|$)/, handle: named(sessions.handle) },
    {
      name: 'rest',
      paths: /^\/+api\/rest\//,
      handle: withCors(named(rest), corsOrigins, REST_HEADERS),
      tracedPath: withoutNames,
    },
    { name: 'cinp', paths: /^\/+api\//, handle: withCors(named(cinp), corsOrigins, CINP_HEADERS) },
  ];
}

function loginAction(apis: ProtocolApis, name: string): Action {
  const action = apis.for('rest').catalogue.model('Auth/User')?.actions?.[name];
  if (!action) throw new Error(`Auth/User has no ${name}`);
  return action;
}
