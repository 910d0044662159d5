// Makes what the web UI knows of the API, from the OpenAPI document of this version, unless nothing has changed: the types of
// its client, and the description of the models. --compiled: of the build, which is faster, instead of the sources.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describeModels } from './web/describe-models.mjs';
import { hashOf, isMadeOf } from './web/inputs.mjs';

const FOLDER = 'apps/web/src/generated';
const NOTE = `${FOLDER}/.made-of`;

const isSource = (file) => /\.(?:ts|mjs)$/.test(file) && !file.endsWith('.spec.ts') && !file.includes('/libs/testing/');
const hash = hashOf(
  ['libs', 'apps/contractor/src', 'scripts/openapi.ts', 'scripts/generate-web.mjs', 'scripts/web'],
  isSource,
);
if (!isMadeOf(hash, NOTE, `${FOLDER}/api.ts`)) {
  mkdirSync(FOLDER, { recursive: true });
  const folder = mkdtempSync(path.join(FOLDER, '.making-'));
  try {
    const compiled = process.argv.includes('--compiled');
    const file = path.join(folder, 'openapi.json');
    const conditions = compiled ? [] : ['--conditions=development'];
    const args = [...conditions, '--import', './scripts/typescript.mjs', 'scripts/openapi.ts', file];
    const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    if (status !== 0) process.exit(status ?? 1);
    const { default: openapiTS, astToString } = await import('openapi-typescript');
    const document = JSON.parse(readFileSync(file, 'utf8'));
    const write = (name, text) => {
      writeFileSync(path.join(folder, name), text);
      renameSync(path.join(folder, name), path.join(FOLDER, name));
    };
    write('models.json', JSON.stringify(describeModels(document)));
    write('api.ts', astToString(await openapiTS(document, { alphabetize: false, defaultNonNullable: false })));
    write('.made-of', hash);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
