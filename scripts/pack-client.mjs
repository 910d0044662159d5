// Packs the client of libs/cinp as a package of its own, without dependencies: contractor-cinp-client-VERSION.tgz, in the
// directory that is named, or in dist.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import ts from 'typescript';

const SOURCE = 'libs/cinp/src';
/** The files whose types users see. */
const TYPED = ['client-package', 'client', 'client-errors', 'version'];
const folder = path.resolve('dist/client');
const destination = path.resolve(process.argv[2] ?? 'dist');
const { version, license, author } = JSON.parse(readFileSync('package.json', 'utf8'));

/** What nothing is used of is left out, and what it imports. */
const onlyWhatIsUsed = {
  name: 'only what is used',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /./ }, async ({ path: specifier, pluginData, kind, ...where }) => {
      if (kind === 'entry-point' || pluginData === 'resolving') return undefined;
      if (specifier.startsWith('node:')) return { path: specifier, external: true, sideEffects: false };
      return { ...(await resolve(specifier, { ...where, kind, pluginData: 'resolving' })), sideEffects: false };
    });
  },
};

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
mkdirSync(destination, { recursive: true });
await build({
  entryPoints: [`${SOURCE}/client-package.ts`],
  outfile: path.join(folder, 'client-package.js'),
  bundle: true,
  platform: 'neutral',
  format: 'esm',
  target: 'es2022',
  conditions: ['development'],
  logLevel: 'warning',
  plugins: [onlyWhatIsUsed],
});
if (/\bfrom ['"]/.test(readFileSync(path.join(folder, 'client-package.js'), 'utf8'))) {
  throw new Error('the client imports something that is not in its package');
}

for (const name of TYPED) {
  const { outputText, diagnostics } = ts.transpileDeclaration(readFileSync(`${SOURCE}/${name}.ts`, 'utf8'), {
    fileName: `${name}.ts`,
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.NodeNext, stripInternal: true },
  });
  if (diagnostics.length > 0) throw new Error(ts.flattenDiagnosticMessageText(diagnostics[0].messageText, '\n'));
  writeFileSync(path.join(folder, `${name}.d.ts`), outputText.replaceAll(/(['"]\.\/[\w-]+)\.ts(['"])/g, '$1.js$2'));
}

const manifest = {
  name: 'contractor-cinp-client',
  version,
  description: 'A client of CInP, the protocol of Contractor',
  license,
  ...(author === undefined ? {} : { author }),
  type: 'module',
  main: 'client-package.js',
  types: 'client-package.d.ts',
  exports: { '.': { types: './client-package.d.ts', default: './client-package.js' } },
  sideEffects: false,
  engines: { node: '>=20' },
};
writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
cpSync('libs/cinp/package/README.md', path.join(folder, 'README.md'));
cpSync('LICENSE', path.join(folder, 'LICENSE'));
execFileSync('npm', ['pack', '--silent', '--pack-destination', destination], { cwd: folder, stdio: 'inherit' });
