import { Module } from '@nestjs/common';
import { expect, it, jest } from '@jest/globals';
import { ApiModule, AS_THEY_ARE, createHandler, CreateCommand, defineModel, text } from '#api';
import type { NewValues } from '#api';
import { EventSourcingModule } from '#event-sourcing';
import { CommandContext } from '#event-store';
import { entity } from '#kernel';
import { entityRows } from '#read-store';
import { startModules } from './start-modules.ts';
import { testDatabase } from './test-database.ts';

jest.setTimeout(240_000);

const fields = { name: text(50, { mode: 'RC', required: true }), colour: text(20, { required: true }) };
const pot = entity<{ colour: string }>()({ noun: 'Pot', category: 'pot', changes: { PotPainted: 'colour' } });
const pots = entityRows(pot, { name: 'pots', version: 1, key: 'text' });

class CreatePot extends CreateCommand<NewValues<typeof fields>> {}

const potModel = defineModel({
  path: 'Kitchen/Pot',
  idField: 'name',
  fields,
  rows: pots,
  present: ({ colour }, name) => ({ name, colour }),
  create: (values) => new CreatePot(values),
});

const handler = createHandler(CreatePot, async (work, { name, colour }) => {
  await work.decide(pot, name, { type: 'DefinePot', data: { colour } });
  return name;
});

@Module({
  imports: [
    EventSourcingModule.forFeature({ deciders: [pot], readModels: [pots] }),
    ApiModule.forFeature({ models: [potModel] }),
  ],
  providers: [handler],
})
class KitchenModule {}

const root = { source: '', principal: { name: 'root', superuser: true, permissions: new Set<string>(), session: '' } };

it('modules take commands from the API and from the gateway, and show what came of them', async () => {
  const modules = await startModules({ imports: [KitchenModule] });
  const made = await modules
    .api('rest')
    .create(potModel, { name: 'one', colour: 'red' }, { caller: root, id: 'a' }, AS_THEY_ARE);
  expect(made.value.object).toEqual({ name: 'one', colour: 'red' });
  const context = CommandContext.system(modules.clock.now());
  expect((await modules.gateway.execute(new CreatePot({ name: 'two', colour: 'blue' }), context)).value).toBe('two');
  await modules.caughtUp();
  expect((await modules.reads.now.list(pots)).rows.map(({ key }) => key)).toEqual(['one', 'two']);
  expect(modules.lines).toEqual([]);
  await modules.stop();
});

it('modules can follow each other, or stand side by side, on one database', async () => {
  const database = await testDatabase();
  const here = await startModules({ imports: [KitchenModule], database });
  const there = await startModules({ imports: [KitchenModule], database });
  const context = CommandContext.system(here.clock.now());
  await here.gateway.execute(new CreatePot({ name: 'one', colour: 'red' }), context);
  await there.caughtUp();
  expect(await there.reads.now.get(pots, 'one')).toMatchObject({ colour: 'red' });
  await here.stop();
  await there.stop();
  const later = await startModules({ imports: [KitchenModule], database });
  expect(await later.reads.now.get(pots, 'one')).toMatchObject({ colour: 'red' });
  await later.stop();
  await database.drop();
});
