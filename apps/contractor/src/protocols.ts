import type { INestApplicationContext } from '@nestjs/common';
import type { Pool } from 'pg';
import { ProtocolApis } from '#api';
import { Identities } from '#auth';
import { CINP_HEADERS, cinpAdapter } from '#cinp';
import type { Clock, EventStore } from '#event-store';
import { CLOCK, EVENT_STORE, positionAt } from '#event-store';
import type { ProtocolAdapter } from '#http';
import { withCors } from '#http';
import type { Logger } from '#kernel';
import { PostgresIdempotencyStore } from '#read-store';
import { REST_HEADERS, restAdapter } from '#rest';
import { DATABASE, LOGGER } from '#runtime';
import { Secrets } from '#secrets';
import type { Settings } from './settings.ts';

/** The protocols of the API, over the modules of a server. */
export async function protocolAdapters(app: INestApplicationContext, { http }: Settings): Promise<ProtocolAdapter[]> {
  const apis = app.get(ProtocolApis);
  const identities = app.get(Identities);
  const log = app.get<Logger>(LOGGER);
  const secrets = app.get(Secrets);
  const store = app.get<EventStore>(EVENT_STORE);
  const clock = app.get<Clock>(CLOCK);
  const kept = new PostgresIdempotencyStore(app.get<Pool>(DATABASE));
  await kept.start();
  const { maxBody, corsOrigins } = http;
  const identify = (name: string, token: string) => identities.identify(name, token);
  const rest = restAdapter({
    api: apis.for('rest'),
    log,
    identify,
    positionAt: (time) => positionAt(store, time),
    now: () => clock.now(),
    kept,
    mark: (text) => secrets.mark(text),
    maxBody,
  });
  const cinp = cinpAdapter({ api: apis.for('cinp'), log, identify, maxBody });
  return [
    { name: 'rest', paths: /^\/+api\/rest\//, handle: withCors(rest, corsOrigins, REST_HEADERS) },
    { name: 'cinp', paths: /^\/+api\//, handle: withCors(cinp, corsOrigins, CINP_HEADERS) },
  ];
}
