// Makes the command line one file, dist/contractor.cjs, which starts fast. Parts of the server are left where the compiler put
// them, and are loaded when a command needs them: whatever apps/cli imports dynamically from outside its own folder.
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

/** The most the file may hold, in bytes: beyond, something is in it that should be imported where it is needed. */
const MAX_BYTES = 1024 * 1024;
/** Read by the Node.js it may refuse, which says so (libs/runtime/src/check-node.ts). */
const TARGET = 'node14.18';

const home = path.resolve('apps/cli/src');
const OWN = 'own-resolution';

/** Leaves to the build of the compiler what is imported dynamically from elsewhere. */
const loadedLater = {
  name: 'loaded later',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[.#]/ }, async ({ path: specifier, kind, pluginData, ...where }) => {
      if (kind !== 'dynamic-import' || pluginData === OWN) return undefined;
      const found = await resolve(specifier, { ...where, kind, pluginData: OWN });
      if (found.errors.length > 0 || found.path.startsWith(home + path.sep)) return undefined;
      return { path: `./${path.relative('.', found.path).replace(/\.ts$/, '.js')}`, external: true };
    });
  },
};

const outfile = 'dist/contractor.cjs';
const { metafile } = await build({
  entryPoints: ['apps/cli/src/main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: TARGET,
  supported: { 'dynamic-import': true },
  conditions: ['development'],
  define: { 'import.meta.url': 'ownUrl' },
  banner: { js: "#!/usr/bin/env node\nconst ownUrl = require('url').pathToFileURL(__filename).href;" },
  legalComments: 'inline',
  metafile: true,
  logLevel: 'warning',
  plugins: [loadedLater],
});
chmodSync(outfile, 0o755);

const { bytes, inputs } = metafile.outputs[outfile];
if (bytes > MAX_BYTES) {
  const largest = Object.entries(inputs)
    .sort(([, one], [, other]) => other.bytesInOutput - one.bytesInOutput)
    .slice(0, 5)
    .map(([file, { bytesInOutput }]) => `  ${file}: ${bytesInOutput} bytes`);
  process.stderr.write(
    `${outfile} has ${bytes} bytes, more than ${MAX_BYTES}; the largest parts:\n${largest.join('\n')}\n`,
  );
  process.exitCode = 1;
}
