import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

/** What a subject may build on; it knows no protocol. */
const SUBJECT = ['kernel', 'event-store', 'read-store', 'event-sourcing', 'secrets', 'people', 'api', 'runtime'];

/** The dependency table: each module of libs, and the modules it may import. */
const MODULES: Readonly<Record<string, readonly string[]>> = {
  // infrastructure
  kernel: [],
  tscript: [],
  programs: ['kernel'],
  runtime: ['kernel'],
  config: ['kernel', 'runtime'],
  'event-store': ['kernel', 'runtime'],
  'read-store': ['kernel', 'event-store'],
  reactions: ['kernel', 'event-store', 'read-store'],
  'event-sourcing': ['kernel', 'event-store', 'read-store', 'reactions'],
  secrets: ['kernel', 'read-store', 'runtime'],
  people: ['read-store'],
  integrity: ['kernel', 'event-store', 'read-store', 'reactions', 'event-sourcing', 'runtime', 'secrets', 'api'],
  backup: ['kernel', 'event-store', 'read-store', 'integrity'],
  wire: ['kernel', 'runtime'],
  http: ['kernel', 'runtime'],
  api: ['kernel', 'config', 'event-store', 'read-store', 'secrets'],
  cinp: ['kernel', 'event-store', 'read-store', 'http', 'api'],
  rest: ['kernel', 'event-store', 'read-store', 'http', 'api'],
  platform: ['kernel', 'tscript', 'api'],
  testing: ['kernel', 'event-store', 'read-store', 'event-sourcing', 'secrets', 'people', 'api', 'runtime'],
  // subjects
  auth: [...SUBJECT, 'reactions'],
  directory: SUBJECT,
  site: [...SUBJECT, 'config', 'directory'],
  blueprint: [...SUBJECT, 'config', 'tscript'],
  ipam: [...SUBJECT, 'site', 'blueprint'],
  // Of the wire, the foreman sees the port that it dispatches through.
  foreman: [...SUBJECT, 'reactions', 'integrity', 'tscript', 'wire', 'platform', 'blueprint', 'site'],
  plots: [...SUBJECT],
  dhcp: [...SUBJECT, 'site', 'ipam'],
  building: [
    ...SUBJECT,
    'reactions',
    'config',
    'tscript',
    'platform',
    'directory',
    'plots',
    'site',
    'blueprint',
    'ipam',
    'dhcp',
    'foreman',
  ],
  survey: [...SUBJECT, 'config', 'platform', 'site', 'blueprint', 'ipam', 'plots', 'building'],
  'docker-ports': [...SUBJECT, 'reactions', 'platform', 'ipam', 'building'],
  provision: [...SUBJECT, 'reactions', 'config', 'platform', 'site', 'blueprint', 'ipam', 'foreman', 'building'],
  inventory: [...SUBJECT, 'config', 'platform', 'site', 'blueprint', 'ipam', 'foreman', 'building'],
  dns: [...SUBJECT, 'reactions', 'programs', 'directory', 'site', 'ipam', 'building'],
  boot: [...SUBJECT, 'config', 'ipam', 'building', 'dhcp'],
  images: [...SUBJECT, 'config', 'site', 'blueprint', 'building'],
  documents: [
    'kernel',
    'config',
    'read-store',
    'http',
    'api',
    'platform',
    'site',
    'blueprint',
    'ipam',
    'building',
    'dhcp',
    'boot',
    'images',
  ],
  records: [...SUBJECT, 'reactions'],
  'post-office': [...SUBJECT, 'reactions', 'config', 'site', 'blueprint', 'foreman', 'building'],
  preview: [...SUBJECT, 'reactions', 'site', 'blueprint', 'ipam', 'foreman', 'building', 'dns', 'post-office'],
  search: [...SUBJECT, 'config', 'platform', 'directory', 'site', 'blueprint', 'ipam', 'foreman', 'building'],
  overview: [...SUBJECT, 'site', 'ipam', 'foreman', 'building'],
  'site-files': [...SUBJECT, 'blueprint', 'ipam'],
  setup: [...SUBJECT, 'platform', 'auth', 'directory', 'site', 'plots', 'blueprint', 'ipam', 'building'],
  platforms: ['kernel', 'runtime', 'tscript', 'programs', 'platform', 'api'],
};

const INFRASTRUCTURE = new Set(Object.keys(MODULES).slice(0, Object.keys(MODULES).indexOf('auth')));
const PROTOCOLS = ['http', 'cinp', 'rest', 'wire'];

/** What an agent half may import: it runs without the server. */
const AGENT_HALF = new Set(['kernel', 'platform', 'programs']);
/** The one part of the runtime that agent halves may load: it needs nothing of the server. */
const HTTP_CLIENT = '#runtime/http-request';

/** The programs, and the modules each may import. */
const APPS: Readonly<Record<string, readonly string[]>> = {
  // The script tools and the reader of TOML are its own; everything else it asks a server for.
  cli: ['kernel', 'runtime', 'tscript', 'blueprint'],
  contractor: Object.keys(MODULES).filter((module) => module !== 'testing'),
  subcontractor: ['kernel', 'runtime', 'wire', 'platform', 'platforms', 'dhcp', 'boot'],
  // It runs in browsers, and knows the server by HTTP alone.
  web: [],
};

/** Packages of the framework. */
const NEST = /^@nestjs\//;
/** Where it is at home: modules, commands with their handlers, and the providers that are named here. */
const NEST_FILES = /\.(?:module|providers|commands|handlers)\.ts$/;
const NEST_PROVIDERS = new Set([
  'libs/api/src/deletion.ts',
  'libs/api/src/entity-commands.ts',
  'libs/api/src/erase-secret.ts',
  'libs/api/src/secret-sealing.ts',
  'libs/auth/src/erase-again.ts',
  'libs/auth/src/first-user.ts',
  'libs/auth/src/grant-policy.ts',
  'libs/auth/src/passwords.ts',
  'libs/auth/src/token-uses.ts',
  'libs/event-sourcing/src/contribute-listeners.ts',
  'libs/event-sourcing/src/log-times.ts',
  'libs/event-sourcing/src/reactions.ts',
  'libs/event-store/src/command-batch.ts',
  'libs/event-store/src/command-context.ts',
  'libs/event-store/src/command-gateway.ts',
  'libs/event-store/src/named-command.ts',
  'libs/event-store/src/unit-of-work-handler.ts',
  'libs/foreman/src/foreman.ts',
  'libs/post-office/src/post-office.ts',
  'libs/integrity/src/checkpoints.ts',
  'libs/integrity/src/log-verification.ts',
  'libs/integrity/src/retention.ts',
  'libs/preview/src/end-previews.ts',
  'libs/preview/src/previews.ts',
  'libs/records/src/rebuilds.ts',
  'libs/runtime/src/nest-logger.ts',
]);

interface Source {
  readonly file: string;
  readonly imports: readonly string[];
}

/** Specs stand beside the code; whatever else only tests need stands in the folder `test` of its module. */
const isTest = (file: string): boolean => /\.spec\.ts$|^(?:libs|apps)\/[^/]+\/test\/|^libs\/testing\//.test(file);

function files(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const file = path.join(directory, name);
    return statSync(file).isDirectory() ? files(file) : [file];
  });
}

const read = (file: string): Source => ({
  file,
  imports: [
    ...readFileSync(file, 'utf8').matchAll(
      /^\s*(?:import|export)\b[^;'"=]*?(?:from\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm,
    ),
  ].map(([, fixed, dynamic]) => fixed ?? dynamic ?? ''),
});

const sources = ['libs', 'apps', 'scripts'].flatMap((top) =>
  files(top)
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('/generated/'))
    .map(read),
);
const importsOf = new Map(sources.map(({ file, imports }) => [file, imports]));
/** What a file loads when it is run: imports of types are gone by then. */
const loadedBy = (file: string): readonly string[] =>
  [
    ...readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s+(?!type\b)(?:[^;'"=]*?\bfrom\s*)?['"]([^'"]+)['"]/gm),
  ].map(([, specifier = '']) => specifier);
const moduleOf = (file: string): string | undefined => /^libs\/([^/]+)\//.exec(file)?.[1];
const aliasOf = (specifier: string): string | undefined => /^#([^/]+)/.exec(specifier)?.[1];

/** The file an import leads to; undefined for packages. */
function target(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return path.join(path.dirname(file), specifier);
  const [, module, entry = 'index'] = /^#([^/]+)(?:\/(.+))?$/.exec(specifier) ?? [];
  if (module === undefined) return undefined;
  const entries = [`libs/${module}/src/${entry}.ts`, `libs/${module}/src/${entry}/index.ts`];
  return entries.find((one) => importsOf.has(one)) ?? entries[0];
}

describe('the dependency table', () => {
  it('has every module and every program', () => {
    expect(readdirSync('libs').toSorted()).toEqual(Object.keys(MODULES).toSorted());
    expect(readdirSync('apps').toSorted()).toEqual(Object.keys(APPS).toSorted());
  });

  it('has no cycle', () => {
    const cycleFrom = (module: string, through: readonly string[]): string | undefined =>
      through.includes(module)
        ? [...through, module].join(' → ')
        : (MODULES[module] ?? []).map((next) => cycleFrom(next, [...through, module])).find((found) => found);
    expect(Object.keys(MODULES).map((module) => cycleFrom(module, []))).toEqual(
      Object.keys(MODULES).map(() => undefined),
    );
  });

  it('names modules only', () => {
    const named = [...Object.values(MODULES), ...Object.values(APPS)].flat();
    expect(named.filter((module) => !(module in MODULES))).toEqual([]);
  });

  it('lets no infrastructure know a subject, and no module the test helpers', () => {
    const wrong = Object.entries(MODULES).flatMap(([module, allowed]) =>
      allowed
        .filter((other) => other === 'testing' || (INFRASTRUCTURE.has(module) && !INFRASTRUCTURE.has(other)))
        .map((other) => `${module} may import ${other}`),
    );
    expect(wrong).toEqual([]);
  });

  it('lets no subject know a protocol, but the foreman the wire, and documents HTTP, over which they are fetched', () => {
    const wrong = Object.entries(MODULES)
      .filter(([module]) => !INFRASTRUCTURE.has(module))
      .flatMap(([module, allowed]) =>
        allowed.filter((other) => PROTOCOLS.includes(other)).map((other) => [module, other]),
      );
    expect(wrong).toEqual([
      ['foreman', 'wire'],
      ['documents', 'http'],
    ]);
  });
});

describe('modules', () => {
  it.each(Object.entries(MODULES))('libs/%s imports only what the table allows, by their index', (module, allowed) => {
    const wrong = sources
      .filter(({ file }) => moduleOf(file) === module)
      .flatMap(({ file, imports }) =>
        imports
          .filter((specifier) => {
            const alias = aliasOf(specifier);
            if (alias !== undefined) {
              if (alias === module) return module !== 'platforms' && !isTest(file);
              return !allowed.includes(alias) && !(isTest(file) && alias === 'testing');
            }
            return (
              specifier.startsWith('.') &&
              path.relative(`libs/${module}`, path.join(path.dirname(file), specifier)).startsWith('..')
            );
          })
          .map((specifier) => `${file} imports ${specifier}`),
      );
    expect(wrong).toEqual([]);
  });

  it.each(Object.entries(APPS))('apps/%s imports only what the table allows', (app, allowed) => {
    const wrong = sources
      .filter(({ file }) => file.startsWith(`apps/${app}/`))
      .flatMap(({ file, imports }) =>
        imports
          .filter((specifier) => {
            const alias = aliasOf(specifier);
            if (specifier === `#${app}/run`) return false;
            return alias !== undefined && !allowed.includes(alias) && !(isTest(file) && alias === 'testing');
          })
          .map((specifier) => `${file} imports ${specifier}`),
      );
    expect(wrong).toEqual([]);
  });

  it('have nothing of the server in the pages of the web UI', () => {
    const wrong = sources
      .filter(({ file }) => file.startsWith('apps/web/'))
      .flatMap(({ file, imports }) =>
        imports
          .filter((specifier) =>
            specifier.startsWith('.')
              ? path.relative('apps/web', path.join(path.dirname(file), specifier)).startsWith('..')
              : /^(?:#|node:|@nestjs\/)/.test(specifier),
          )
          .map((specifier) => `${file} imports ${specifier}`),
      );
    expect(wrong).toEqual([]);
  });

  it('keep the agent halves of platforms apart from the server', () => {
    const reached = new Set(['libs/platforms/src/agents.ts']);
    const wrong: string[] = [];
    for (const file of reached) {
      for (const specifier of importsOf.get(file) ?? []) {
        const alias = aliasOf(specifier);
        if (specifier.startsWith('.')) reached.add(path.join(path.dirname(file), specifier));
        else if (alias === undefined || specifier === HTTP_CLIENT) continue;
        else if (!AGENT_HALF.has(alias) || specifier.endsWith('/server')) wrong.push(`${file} imports ${specifier}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(reached).toContain('libs/platforms/src/ssh/connect.ts');
    expect([...reached].filter((file) => path.basename(file) === 'server.ts')).toEqual([]);
  });

  it('bring neither the framework nor a database into the agent daemon', () => {
    const reached = new Set(['apps/subcontractor/src/main.ts', 'apps/subcontractor/src/subcontractor.ts']);
    const packages = new Set<string>();
    for (const file of reached) {
      for (const specifier of loadedBy(file)) {
        const next = target(file, specifier);
        if (next === undefined) packages.add(specifier);
        else reached.add(next);
      }
    }
    expect(reached).toContain('libs/runtime/src/settings/index.ts');
    expect([...packages].filter((name) => NEST.test(name) || ['pg', 'kysely', 'fastify'].includes(name))).toEqual([]);
  });

  it('keep deciders, folds, declarations and protocols free of the framework', () => {
    const wrong = sources
      .filter(
        ({ file, imports }) => file.startsWith('libs/') && !isTest(file) && imports.some((name) => NEST.test(name)),
      )
      .map(({ file }) => file)
      .filter((file) => !NEST_FILES.test(file) && !NEST_PROVIDERS.has(file));
    expect(wrong).toEqual([]);
  });

  it('export by name', () => {
    const wrong = sources
      .filter(({ file }) => path.basename(file) === 'index.ts')
      .filter(({ file }) => /export \*/.test(readFileSync(file, 'utf8')));
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  it('have a page each', () => {
    const without = Object.keys(MODULES).filter((module) => !readdirSync(`libs/${module}`).includes('README.md'));
    expect(without).toEqual([]);
  });
});

describe('test code', () => {
  it('is imported by test code only, and by scripts', () => {
    const wrong = sources
      .filter(({ file }) => !isTest(file) && !file.startsWith('scripts/'))
      .flatMap(({ file, imports }) =>
        imports
          .filter((specifier) => isTest(target(file, specifier) ?? ''))
          .map((specifier) => `${file} imports ${specifier}`),
      );
    expect(wrong).toEqual([]);
  });

  it('is no part of the build, nor are scripts', () => {
    const config = ts.readConfigFile('tsconfig.build.json', (file) => ts.sys.readFile(file));
    const { fileNames } = ts.parseJsonConfigFileContent(config.config, ts.sys, '.');
    const built = new Set(fileNames.map((file) => path.relative('.', file)));
    for (const file of built) {
      for (const specifier of importsOf.get(file) ?? []) {
        const next = target(file, specifier);
        if (next !== undefined) built.add(next);
      }
    }
    expect([...built].filter((file) => isTest(file) || !/^(?:libs|apps)\//.test(file))).toEqual([]);
    expect(built).toContain('apps/contractor/src/main.ts');
  });
});
