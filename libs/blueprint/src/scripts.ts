import type { EntityRow } from '#read-store';
import { entityRows } from '#read-store';
import type { Script } from './script.ts';
import { script } from './script.ts';

/** A script as it is shown. */
export type ScriptRow = EntityRow<Script>;

/** Scripts by name. */
export const scripts = entityRows<Script>(script, { name: 'scripts', version: 1, key: 'text' });
