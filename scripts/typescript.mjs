/* Lets Node run the TypeScript of scripts and specs as it stands: `node --import ./scripts/typescript.mjs -C development`. */
import { readFileSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { transformSync } from '@swc/core';

const { jest } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
/** The options specs are compiled with. */
const options = jest.transform['^.+\\.ts$'][1];

/** The source of a TypeScript file as a module. */
export function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
  const filename = fileURLToPath(url);
  const { code } = transformSync(readFileSync(filename, 'utf8'), { ...options, filename, sourceMaps: 'inline' });
  return { format: 'module', source: code, shortCircuit: true };
}

// Node 20 knows hooks on a thread of their own only, where this file is read again.
if (module.registerHooks) module.registerHooks({ load });
else if (isMainThread) module.register(import.meta.url);
