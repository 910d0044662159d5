import type { Model } from '#api';
import { parameter, restUriOf, staticAction, uriOf } from '#api';
import { blueprints } from '#blueprint';
import type { JsonMap } from '#kernel';
import type { Key, View } from '#read-store';
import type { Hit, Recorder, RecorderQuery } from './recorder.ts';

/** The permission to search the configurations of everything, whoever may see the objects themselves. */
export const QUERY_PERMISSION = { grant: 'Records.can_query' } as const;

const GROUPS = ['Site', 'BluePrint', 'Structure', 'Foundation'] as const;

const group = parameter.suggested(GROUPS);
const query = parameter.text();
const maxResults = parameter.integer({ default: 100 });

const asked = (
  group: string | null,
  query: string | null,
  maxResults: number | null,
  fields = '{}',
): RecorderQuery => ({
  group: group ?? '',
  query: query ?? '',
  fields,
  maxResults: maxResults ?? 100,
});

/** The objects that were found: in JSON a list of their URIs, to old clients one URI of them all. */
class FoundObjects {
  readonly uri: string;
  readonly #uris: readonly string[];

  constructor(path: string, keys: readonly Key[], uris: readonly string[]) {
    this.uri = uriOf(path, keys.join(':'));
    this.#uris = uris;
  }

  toJSON(): readonly string[] {
    return this.#uris;
  }
}

/** Found objects by their URIs; blueprints by the models that they are read as. */
async function foundIn(recorder: Recorder, view: View, name: string, hits: readonly Hit[]): Promise<FoundObjects> {
  const { path, rows } = recorder.group(name);
  const keys = hits.map(({ key }) => key);
  const urisOf = (modelOf: (key: Key) => string) => keys.map((key) => restUriOf(modelOf(key), key));
  if (rows.name !== blueprints.name)
    return new FoundObjects(
      path,
      keys,
      urisOf(() => path),
    );
  const kinds = await view.many(blueprints, keys);
  const modelOf = (key: Key): string =>
    kinds.get(key)?.kind === 'structure' ? 'BluePrint/StructureBluePrint' : 'BluePrint/FoundationBluePrint';
  return new FoundObjects(path, keys, urisOf(modelOf));
}

/** What is known of everything: configurations, searched in a part of the query language of MongoDB. */
export const recorderModel = (recorder: Recorder): Model => ({
  path: 'Records/Recorder',
  doc: 'The configurations of sites, blueprints, structures and foundations, to be searched.',
  fields: {},
  actions: {
    query: staticAction({
      doc: 'The documents of a group that a query finds, in the order of their ids; queries and fields are JSON texts.',
      parameters: { group, query, fields: parameter.text({ default: '{}' }), max_results: maxResults },
      returns: { type: { kind: 'Map' }, list: true },
      onCinp: { returns: { type: { kind: 'String' }, list: true }, answer: (documents) => documents },
      permission: QUERY_PERMISSION,
      asOf: true,
      query: async ({ group, query, fields, max_results: most }, { view, caller, now }) => {
        const hits = await recorder.find(asked(group, query, most, fields ?? '{}'), view, { caller, now });
        return hits.map(({ document }): JsonMap => document);
      },
    }),
    queryObjects: staticAction({
      doc: 'The objects of a group that a query finds, by their URIs.',
      parameters: { group, query, max_results: maxResults },
      returns: { type: { kind: 'String' }, list: true },
      onCinp: {
        returns: { type: { kind: 'String' } },
        answer: (found) => (found as FoundObjects).uri,
      },
      permission: QUERY_PERMISSION,
      asOf: true,
      query: async ({ group, query, max_results: most }, { view, caller, now }) => {
        const hits = await recorder.find(asked(group, query, most, '{"_id": 1}'), view, { caller, now });
        return foundIn(recorder, view, group ?? '', hits);
      },
    }),
  },
});
