import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { currentVersion, upcast } from '#event-store';
import { deciders, IGNORED, readModels, SHARED, upcasters } from './events/catalogue.ts';
import { stories } from './events/stories.ts';

/**
 * Examples of every shape an event has had, in the order of its versions, in a file for each category. An entry is never
 * changed: a new shape is a new entry behind the others, with a function in the upcasters of its module.
 * `UPDATE_EVENTS=1` adds what is missing.
 */
const DIRECTORY = 'test/events';

type Golden = Record<string, unknown[]>;

const fileOf = (category: string): string => path.join(DIRECTORY, `${category}.json`);
const golden = (category: string): Golden =>
  existsSync(fileOf(category)) ? (JSON.parse(readFileSync(fileOf(category), 'utf8')) as Golden) : {};

const typesOf = ({ evolve }: { readonly evolve: object }): string[] => Object.keys(evolve);

/** The first event of a type in the stories of a category. */
const exampleOf = (category: string, type: string): unknown =>
  stories
    .filter((story) => story.category === category)
    .flatMap(({ events }) => events)
    .find((event) => event.type === type)?.data;

/** What a value is made of, without what it says: keys, kinds, and of lists the kinds of their items. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, shapeOf(inner)] as const)
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
}

const everyType = deciders.flatMap((decider) => typesOf(decider).map((type) => [decider.category, type] as const));

if (process.env['UPDATE_EVENTS'] === '1') {
  for (const { category, evolve } of deciders) {
    const known = golden(category);
    for (const type of typesOf({ evolve })) {
      const shapes = (known[type] ??= []);
      const example = exampleOf(category, type);
      const last = shapes.at(-1);
      const versions = currentVersion(upcasters, type);
      if (example !== undefined && (last === undefined || versions > shapes.length)) shapes.push(example);
    }
    writeFileSync(fileOf(category), `${JSON.stringify(known, undefined, 2)}\n`);
  }
}

describe('the events of the log', () => {
  it.each(everyType)('%s: %s has the shape it had', (category, type) => {
    const shapes = golden(category)[type] ?? [];
    expect({ type, versions: shapes.length }).toEqual({ type, versions: currentVersion(upcasters, type) });
    const example = exampleOf(category, type);
    if (example === undefined) throw new Error(`no story in test/events/stories.ts has a ${type} in it`);
    // A new shape needs a function in the upcasters of its module, and a new entry behind the old ones.
    expect(shapes.at(-1)).toEqual(example);
    for (const [n, old] of shapes.entries()) {
      expect(shapeOf(upcast(upcasters, type, n + 1, old))).toEqual(shapeOf(example));
    }
  });

  it('are all in the stories, and in the files', () => {
    const known = new Set(everyType.map(([category, type]) => `${category} ${type}`));
    const told = stories.flatMap(({ category, events }) => events.map(({ type }) => `${category} ${type}`));
    expect(told.filter((name) => !known.has(name))).toEqual([]);
    const kept = deciders.flatMap(({ category }) => Object.keys(golden(category)).map((type) => `${category} ${type}`));
    expect(kept.filter((name) => !known.has(name))).toEqual([]);
  });

  it('belong to one decider each, but for those that are shared on purpose', () => {
    const types = everyType.map(([, type]) => type);
    const shared = new Set(types.filter((type, n) => types.indexOf(type) !== n));
    expect([...shared].toSorted()).toEqual(Object.keys(SHARED).toSorted());
  });

  it('are folded by a read model each, but for those that are ignored on purpose', () => {
    const folded = new Set(readModels.flatMap(({ on }) => Object.keys(on)));
    const ignored = new Set(everyType.map(([, type]) => type).filter((type) => !folded.has(type)));
    expect([...ignored].toSorted()).toEqual(Object.keys(IGNORED).toSorted());
  });

  it('are folded under names they have', () => {
    const known = new Set(everyType.map(([, type]) => type));
    const unknown = readModels.flatMap(({ name, on }) =>
      Object.keys(on)
        .filter((type) => !known.has(type))
        .map((type) => `${name}: ${type}`),
    );
    expect(unknown).toEqual([]);
  });

  it('have upcasters only where there are such events', () => {
    const known = new Set(everyType.map(([, type]) => type));
    expect(Object.keys(upcasters).filter((type) => !known.has(type))).toEqual([]);
  });
});

describe('the catalogue of events', () => {
  const sources = readdirSync('libs', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.spec\.ts$|\/test\/|^testing\/|^kernel\//.test(file))
    .map((file) => ({ file, text: readFileSync(path.join('libs', file), 'utf8') }));
  const found = (pattern: RegExp): string[] =>
    sources.flatMap(({ text }) => [...text.matchAll(pattern)].map(([, name = '']) => name));

  it('has every decider in it', () => {
    const written = found(/(?:: Decider<[^=]*?= |[= ]entity<.*>\(\)\()\{[^}]*?\bcategory: '(\w+)'/g);
    expect(written.toSorted()).toEqual(deciders.map(({ category }) => category).toSorted());
  });

  it('has every read model in it', () => {
    const written = found(/(?:: ReadModel<.*> = |[= ]entityRows(?:<.*>)?\(\w+, )\{\s*name: '(\w+)'/g);
    expect(written.toSorted()).toEqual(readModels.map(({ name }) => name).toSorted());
  });

  it('has the upcasters of every module in it', () => {
    const files = sources.map(({ file }) => file).filter((file) => file.endsWith('.upcasters.ts'));
    const catalogue = readFileSync('test/events/catalogue.ts', 'utf8');
    expect(files.filter((file) => !catalogue.includes(file))).toEqual([]);
  });

  it('is the only way to their data: nothing but the log, its backups, the read models, the reactions and those named here reads stored events', () => {
    const allowed = [
      /^(event-store|backup|read-store|reactions)\//,
      // The text of events is signed and compared, not read.
      /^integrity\//,
      // They follow the log only while there is somebody to be told, and read it in today's shape.
      /^post-office\/src\/(delivery|event)-feed\.ts$/,
      // Of events they need to know who asked for them, and within which trace, not what they say.
      /^records\/src\/request-(index|parts)\.ts$/,
      /^foreman\/src\/job-traces\.ts$/,
    ];
    const wrong = sources
      .filter(
        ({ file, text }) =>
          !allowed.some((one) => one.test(file)) &&
          /\bStoredEvent\b|\.subscribe\(|\.readStream\(|\.readAll\(/.test(text),
      )
      .map(({ file }) => file)
      // Subscriptions to NATS, not to the log.
      .filter((file) => !file.startsWith('wire/'));
    expect(wrong).toEqual([]);
  });
});
