import type { TestExample } from '#testing';
import { startExample } from '#testing';
import { exampleHandlers } from './example-commands.ts';
import { KINDS } from './example-kinds.ts';
import { MODELS, NAMESPACES } from './example-models.ts';

/** A small API over a database of its own. */
export const exampleApi = (): Promise<TestExample> =>
  startExample({
    models: MODELS,
    namespaces: NAMESPACES,
    deciders: KINDS.map(({ decider }) => decider),
    readModels: KINDS.map(({ rows }) => rows),
    providers: exampleHandlers,
  });
