/** `npm run openapi -- [file]`: writes the OpenAPI document of this version, to the standard output unless told where. */
import 'reflect-metadata';
import { createWriteStream } from 'node:fs';
import { argv, stdout } from 'node:process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Pool } from 'pg';
import { ApiCatalogue } from '#api';
import type { EventStore } from '#event-store';
import { systemClock } from '#event-store';
import { openapiPieces } from '#rest';
import { silentLogger } from '#kernel';
import { Secrets } from '#secrets';
import { natsKey } from '#wire';
import { AppModule } from '../apps/contractor/src/app.module.ts';
import { serverSettings } from '../apps/contractor/src/settings.ts';

const unused = (): undefined => undefined;
const pool = {} as Pool;
// The modules are put together and never started: nothing of what they stand on is asked for.
const app = await NestFactory.create(
  AppModule.of({
    settings: serverSettings({}),
    log: silentLogger,
    pool,
    secrets: new Secrets(pool, Buffer.alloc(32)),
    installation: { id: 'none', data: 'none' },
    natsKey: natsKey('none'),
    onAdministratorCreated: unused,
    eventSourcing: {
      store: {} as EventStore,
      pool,
      clock: systemClock(),
      onProjectorError: unused,
      onReactionError: unused,
    },
  }),
  new FastifyAdapter(),
  { logger: false, abortOnError: false },
);
const catalogue = app.get(ApiCatalogue).whole.forProtocol('rest');
const [, , file] = argv;
await pipeline(Readable.from(openapiPieces(catalogue)), file === undefined ? stdout : createWriteStream(file));
