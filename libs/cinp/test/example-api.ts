import type { Pool } from 'pg';
import type { ApiApp } from '#testing';
import { startApiApp } from '#testing';
import { exampleHandlers } from './example-commands.ts';
import { KINDS } from './example-kinds.ts';
import { MODELS, NAMESPACES } from './example-models.ts';

/** A small API over a database. */
export const exampleApi = (pool: Pool): Promise<ApiApp> =>
  startApiApp({
    pool,
    protocol: 'cinp',
    models: MODELS,
    namespaces: NAMESPACES,
    deciders: KINDS.map(({ decider }) => decider),
    readModels: KINDS.map(({ rows }) => rows),
    providers: exampleHandlers,
  });
