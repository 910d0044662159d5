// Builds the web UI into dist/web, with each file in its compressed forms beside it, unless nothing has changed since.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import './generate-web.mjs';
import { hashOf, isMadeOf } from './web/inputs.mjs';

const FOLDER = 'dist/web';
const NOTE = 'dist/web.made-of';
/** What is smaller is not worth a second file. */
const SMALL_BYTES = 1024;

const hash = hashOf(
  ['apps/web', 'package-lock.json', 'scripts/build-web.mjs'],
  (file) => !file.endsWith('.spec.ts') && !file.includes('.making-'),
);
if (!isMadeOf(hash, NOTE, `${FOLDER}/index.html`)) {
  const { build } = await import('vite');
  await build({ configFile: 'apps/web/vite.config.ts', logLevel: 'warn' });
  for (const name of readdirSync(FOLDER, { recursive: true })) {
    if (!/\.(?:js|css|svg|json)$/.test(name)) continue;
    const file = path.join(FOLDER, name);
    const content = readFileSync(file);
    if (content.length < SMALL_BYTES) continue;
    const params = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
    writeFileSync(`${file}.br`, brotliCompressSync(content, { params }));
    writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
  }
  writeFileSync(NOTE, hash);
}
