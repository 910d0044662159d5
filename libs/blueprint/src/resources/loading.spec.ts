import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ResourceServer } from '../../test/resource-server.ts';
import { startResourceServer } from '../../test/resource-server.ts';

jest.setTimeout(240_000);

describe('resource files are loaded', () => {
  let server: ResourceServer;
  beforeAll(async () => {
    server = await startResourceServer();
  });
  afterAll(() => server.modules.stop());

  describe('in part', () => {
    const TEXT = `
sflinks = [['part', 'part-metal']]
[script.part]
description = 'x'
script = 'pause( msg="x" )'
[foundation.part-metal]
description = 'x'
foundation_types = ['Manual']
[structure.part]
description = 'x'
[structure.part-other]
description = 'x'
[pxe.part]
boot_script = 'boot'
template = '#'
`;
    it.each([
      ['a type', { type: 'pxe' }, ['pxe part created']],
      [
        'a name, links aside',
        { name: 'part' },
        ['script part created', 'structure part created', 'pxe part created', 'link part on part-metal skipped'],
      ],
      ['a type and a name', { type: 'structure', name: 'part-other' }, ['structure part-other created']],
      [
        'what is there already',
        { mode: 'update' },
        [
          'script part skipped',
          'foundation part-metal skipped',
          'structure part skipped',
          'structure part-other skipped',
          'pxe part skipped',
          'link part on part-metal skipped',
        ],
      ],
      ['links', { type: 'links' }, ['link part on part-metal skipped']],
    ])('by %s', async (_, how, expected) => {
      expect(await server.outcomes(server.load(TEXT, { ...how, dryRun: true }))).toEqual(expected);
    });

    it('by what is missing', async () => {
      await server.load(TEXT);
      expect(
        await server.outcomes(
          server.load(TEXT.replace(`[structure.part]\ndescription = 'x'`, `[structure.part]\ndescription = 'y'`), {
            mode: 'add',
          }),
        ),
      ).toEqual(expect.arrayContaining(['structure part skipped', 'link part on part-metal unchanged']));
    });

    it.each([
      [{ type: 'scripts' }, 'type: must be one of all, script, foundation, structure, pxe, links'],
      [{ mode: 'no' }, 'mode: must be one of both, add, update'],
    ])('that there is not: %j', async (how, fault) =>
      expect(await server.faults(server.load(TEXT, how))).toEqual([fault]),
    );
  });

  describe('tried', () => {
    const TEXT = (n: number) => `
sflinks = [['try', 'try-metal']]
[script.try]
description = 'x'
script = 'pause( msg="${n}" )'
[foundation.try-metal]
description = '${n}'
foundation_types = ['Manual']
[structure.try]
description = 'x'
scripts = { create = 'try' }
[structure.try.config_values]
number = ${n}
ratio = ${n}.0
password = 'secret ${n}'
[pxe.try]
boot_script = 'boot ${n}'
template = '#'
`;
    it('leaves everything as it is, and tells what loading comes to', async () => {
      for (const n of [1, 2, 2]) {
        const before = await server.head();
        const tried = await server.load(TEXT(n), { dryRun: true });
        expect([tried.dry_run, await server.head()]).toEqual([true, before]);
        expect(await server.load(TEXT(n))).toEqual({ ...tried, dry_run: false });
      }
    });

    it('tells each value before and after, and no secret', async () => {
      await server.load(TEXT(5));
      const { objects } = await server.load(TEXT(6), { dryRun: true });
      const changes = Object.fromEntries(objects.map(({ kind, name, changes: its }) => [`${kind} ${name}`, its]));
      expect(JSON.stringify(changes)).not.toContain('secret');
      expect(changes).toMatchObject({
        'script try': { script: { before: 'pause( msg="5" )', after: 'pause( msg="6" )' } },
        'foundation try-metal': { description: { before: '5', after: '6' } },
        'structure try': {
          config_values: { before: { number: 5, password: '********' }, after: { number: 6, password: '********' } },
        },
        'pxe try': { boot_script: { before: 'boot 5', after: 'boot 6' } },
      });
    });

    it('keeps no secret', async () => {
      const count = async () => (await server.modules.database.pool.query('SELECT FROM ledger.secrets')).rowCount;
      const before = await count();
      await server.load(TEXT(77), { dryRun: true });
      expect(await count()).toBe(before);
    });

    it('is refused as loading is', async () => {
      const text = `[structure.refused]\ndescription = 'x'\nparents = ['nobody']`;
      expect(await server.faults(server.load(text, { dryRun: true }))).toEqual(await server.faults(server.load(text)));
    });
  });
});
