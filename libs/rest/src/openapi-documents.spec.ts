import { expect, it } from '@jest/globals';
import type { Model } from '#api';
import { Catalogue, text } from '#api';
import { exampleCatalogue } from '../test/example-catalogue.ts';
import { openapiPieces } from './openapi.ts';
import { OpenApiDocuments } from './openapi-documents.ts';

it('has the whole document and one for each namespace, each made once', async () => {
  const documents = new OpenApiDocuments(exampleCatalogue());
  const [whole, site, again] = await Promise.all([documents.get(), documents.get('Site'), documents.get()]);
  expect(String(whole.bytes)).toBe([...openapiPieces(exampleCatalogue())].join(''));
  expect(String(site.bytes)).toBe([...openapiPieces(exampleCatalogue(), 'Site')].join(''));
  expect(again).toBe(whole);
  expect(await documents.get('Site')).toBe(site);
  expect(new Set([whole.etag, site.etag]).size).toBe(2);
});

it('has the same tag after another start', async () => {
  const tag = async (): Promise<string> => (await new OpenApiDocuments(exampleCatalogue()).get()).etag;
  expect(await tag()).toBe(await tag());
});

it('lets others have their turn while a large one is made', async () => {
  const fields = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`field${n}`, text(40)]));
  const model = (n: number): Model => ({
    path: `Many/Model${n}`,
    fields: Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, { ...type, mode: 'RW' as const }])),
    actions: Object.fromEntries(
      Array.from({ length: 20 }, (_, action) => [
        `act${action}`,
        { parameters: fields, permission: 'session' as const, run: { query: async () => undefined } },
      ]),
    ),
  });
  const documents = new OpenApiDocuments(new Catalogue(Array.from({ length: 60 }, (_, n) => model(n))));
  let turns = 0;
  let done = false;
  const count = (): void => {
    turns += 1;
    if (!done) setImmediate(count);
  };
  setImmediate(count);
  const { bytes } = await documents.get();
  done = true;
  expect(bytes.length).toBeGreaterThan(1_000_000);
  expect(turns).toBeGreaterThan(3);
});
