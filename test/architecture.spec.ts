import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

/** The rooms from the ground up: a room sees only rooms that stand before it. */
const ROOMS = [
  'kernel',
  'tscript',
  'config',
  'event-store',
  'read-store',
  'reactions',
  'secrets',
  'wire',
  'http',
  'api',
  'cinp',
  'rest',
  'runtime',
  'platform',
  'testing',
  'auth',
  'directory',
  'site',
  'blueprint',
  'foreman',
  'building',
  'records',
  'platforms',
];

/** Rooms that see nothing of the house at all. */
const ALONE = new Set(['kernel', 'tscript']);

/** Parts of the runtime that import nothing of ours but the kernel, so that every room but those alone may see them. */
const BASICS = new Set(['#runtime/settings', '#runtime/logger']);

/** What an agent half may see, file by file: it runs without the server. */
const AGENT_SEES = new Set(['kernel', 'platform']);

const APPS: Readonly<Record<string, ReadonlySet<string>>> = {
  cli: new Set(),
  contractor: new Set(ROOMS.filter((room) => room !== 'testing')),
  subcontractor: new Set(['kernel', 'wire', 'platform', 'platforms']),
};

/** Packages of the framework, and who may know it. */
const NEST = /^@nestjs\//;
const KNOWS_NEST = new Set([
  'libs/runtime/src/carry-out.ts',
  'libs/runtime/src/nest-logger.ts',
  'libs/runtime/src/settings/settings.module.ts',
]);

interface Source {
  readonly file: string;
  readonly imports: readonly string[];
}

const isSource = (file: string): boolean => file.endsWith('.ts');
const isSpec = (file: string): boolean => /\.(spec|suite)\.ts$/.test(file);

function files(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const file = path.join(directory, name);
    return statSync(file).isDirectory() ? files(file) : [file];
  });
}

const read = (file: string): Source => ({
  file,
  imports: [
    ...readFileSync(file, 'utf8').matchAll(/^\s*(?:import|export)\b[^;'"]*?(?:from\s*)?['"]([^'"]+)['"]/gm),
  ].map(([, specifier = '']) => specifier),
});

const sources = ['libs', 'apps', 'scripts'].flatMap((top) => files(top).filter(isSource).map(read));
const roomOf = (file: string): string | undefined => /^libs\/([^/]+)\//.exec(file)?.[1];
const doorOf = (specifier: string): string | undefined => /^#([^/]+)/.exec(specifier)?.[1];

describe('the house', () => {
  it('has no rooms but those in the table', () => {
    expect(readdirSync('libs').toSorted()).toEqual(ROOMS.toSorted());
    expect(readdirSync('apps').toSorted()).toEqual(Object.keys(APPS).toSorted());
  });

  it.each(ROOMS)('libs/%s sees only rooms before it, through their doors', (room) => {
    const before = ALONE.has(room) ? [] : ROOMS.slice(0, ROOMS.indexOf(room));
    const wrong = sources
      .filter(({ file }) => roomOf(file) === room)
      .flatMap(({ file, imports }) => {
        const allowed = new Set([
          ...before,
          room,
          ...(isSpec(file) ? [...ROOMS.slice(0, ROOMS.indexOf(room)), 'testing'] : []),
        ]);
        return imports
          .filter((specifier) => {
            const door = doorOf(specifier);
            if (BASICS.has(specifier)) return ALONE.has(room) || room === 'runtime';
            if (door !== undefined) return !allowed.has(door) || (door === room && room !== 'platforms');
            return (
              specifier.startsWith('.') &&
              path.relative(`libs/${room}`, path.join(path.dirname(file), specifier)).startsWith('..')
            );
          })
          .map((specifier) => `${file} imports ${specifier}`);
      });
    expect(wrong).toEqual([]);
  });

  it('lets only specs into the testing room', () => {
    const wrong = sources.filter(
      ({ file, imports }) =>
        !isSpec(file) &&
        roomOf(file) !== 'testing' &&
        !file.startsWith('scripts/bench/') &&
        imports.includes('#testing'),
    );
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  it('keeps the agent halves of platforms apart from the server', () => {
    const server = new Set(['server.ts', 'servers.ts']);
    const wrong = sources
      .filter(({ file }) => roomOf(file) === 'platforms' && !isSpec(file) && !server.has(path.basename(file)))
      .flatMap(({ file, imports }) => {
        const doors = imports.filter((specifier) => {
          const door = doorOf(specifier);
          return door !== undefined && (!AGENT_SEES.has(door) || specifier.endsWith('/server'));
        });
        const halves = imports.filter((specifier) => specifier.startsWith('.') && server.has(path.basename(specifier)));
        return [...doors, ...halves].map((what) => `${file} imports ${what}`);
      });
    expect(wrong).toEqual([]);
  });

  it.each(Object.entries(APPS))('apps/%s sees what it is for', (app, allowed) => {
    const wrong = sources
      .filter(({ file }) => file.startsWith(`apps/${app}/`))
      .flatMap(({ file, imports }) =>
        imports
          .filter((specifier) => {
            const door = doorOf(specifier);
            return (
              door !== undefined &&
              !BASICS.has(specifier) &&
              !allowed.has(door) &&
              !(isSpec(file) && door === 'testing')
            );
          })
          .map((specifier) => `${file} imports ${specifier}`),
      );
    expect(wrong).toEqual([]);
  });

  it('keeps the framework at the edge', () => {
    const wrong = sources.filter(
      ({ file, imports }) =>
        !file.startsWith('apps/contractor/') &&
        !isSpec(file) &&
        !KNOWS_NEST.has(file) &&
        imports.some((name) => NEST.test(name)),
    );
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  it('keeps settings and logger free of everything but the kernel', () => {
    const wrong = sources
      .filter(({ file }) => !isSpec(file) && !file.endsWith('.module.ts'))
      .filter(({ file }) => /^libs\/runtime\/src\/(settings\/|logger\.ts|masking\.ts)/.test(file))
      .flatMap(({ file, imports }) =>
        imports
          .filter((name) => (doorOf(name) ?? 'kernel') !== 'kernel' || name.startsWith('../') || NEST.test(name))
          .map((name) => `${file} imports ${name}`),
      );
    expect(wrong).toEqual([]);
  });

  it('opens every door by name', () => {
    const wrong = sources
      .filter(({ file }) => path.basename(file) === 'index.ts')
      .filter(({ file }) => /export \*/.test(readFileSync(file, 'utf8')));
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  it('has a page about every room', () => {
    const without = ROOMS.filter((room) => !readdirSync(`libs/${room}`).includes('README.md'));
    expect(without).toEqual([]);
  });
});
