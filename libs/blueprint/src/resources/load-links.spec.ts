import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ResourceServer } from '../../test/resource-server.ts';
import { startResourceServer } from '../../test/resource-server.ts';
import { ChangeStructureBluePrint } from '../blueprint.commands.ts';

jest.setTimeout(240_000);

describe('links of resource files', () => {
  let server: ResourceServer;
  beforeAll(async () => {
    server = await startResourceServer();
  });
  afterAll(() => server.modules.stop());

  const FOUNDATIONS = ['link-a', 'link-b', 'link-c', 'link-d']
    .map((name) => `[foundation.${name}]\ndescription = 'x'\nfoundation_types = ['Manual']\n`)
    .join('');
  const linksOf = async (name: string) => {
    const { foundationBluePrints, linkedBy } = (await server.row(name)) ?? {};
    return [foundationBluePrints, linkedBy];
  };

  it('of other files and of people stay when a file is loaded again; its own go when it no longer has them', async () => {
    const base = (links: string) => `sflinks = [${links}]\n[structure.linked]\ndescription = 'x'\n`;
    await server.load(FOUNDATIONS);
    await server.load(base(`['linked', 'link-a'], ['linked', 'link-b']`), {}, 'base.toml');
    await server.load(`sflinks = [['linked', 'link-c'], ['linked', 'link-a']]`, {}, 'other.toml');
    const list = ['link-a', 'link-b', 'link-c', 'link-d'];
    await server.send(new ChangeStructureBluePrint('linked', { foundation_blueprint_list: list }));
    expect(await linksOf('linked')).toEqual([
      ['link-a', 'link-b', 'link-c', 'link-d'],
      { 'link-a': 'base.toml', 'link-b': 'base.toml', 'link-c': 'other.toml' },
    ]);
    expect(await server.outcomes(server.load(base(`['linked', 'link-a']`), {}, 'base.toml'))).toEqual([
      'structure linked unchanged',
      'link linked on link-b removed',
      'link linked on link-a unchanged',
    ]);
    expect(await linksOf('linked')).toEqual([
      ['link-a', 'link-c', 'link-d'],
      { 'link-a': 'base.toml', 'link-c': 'other.toml' },
    ]);
  });

  it('that somebody takes back by hand are made again by the file, and are those of the file', async () => {
    const text = `sflinks = [['again', 'link-a']]\n${FOUNDATIONS}[structure.again]\ndescription = 'x'\n`;
    await server.load(text);
    await server.send(new ChangeStructureBluePrint('again', { foundation_blueprint_list: ['link-b'] }));
    expect(await linksOf('again')).toEqual([['link-b'], {}]);
    await server.load(text);
    expect(await linksOf('again')).toEqual([['link-b', 'link-a'], { 'link-a': 'test.toml' }]);
  });

  it('are listed by the structure as well', async () => {
    const text = (list: string) =>
      `${FOUNDATIONS}[structure.listed]\ndescription = 'x'\nfoundation_blueprints = [${list}]\n`;
    await server.load(text(`'link-a', 'link-b'`));
    await server.load(text(`'link-b', 'link-c'`));
    expect(await linksOf('listed')).toEqual([['link-b', 'link-c'], { 'link-b': 'test.toml', 'link-c': 'test.toml' }]);
  });

  it('are made by a file of links alone, which takes none back', async () => {
    await server.load(`${FOUNDATIONS}[structure.alone]\ndescription = 'x'\n`);
    await server.load(`sflinks = [['alone', 'link-a']]`, {}, 'links.toml');
    await server.load(`sflinks = [['alone', 'link-b']]`, {}, 'links.toml');
    expect(await linksOf('alone')).toEqual([['link-a', 'link-b'], { 'link-a': 'links.toml', 'link-b': 'links.toml' }]);
  });
});
