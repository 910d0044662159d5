import { expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import { ADMIN_PASSWORD, manualFoundation, startContractor, testDatabase, until } from '#testing';

jest.setTimeout(600_000);

interface PolledTask {
  readonly job_id: number;
  readonly cookie: string;
  readonly function: string;
}

it('hands a task once more, with the same cookie, to an agent whose answer may have been lost with the server', async () => {
  const database = await testDatabase();
  const server = await startContractor({ DATABASE_URL: database.url, CONTRACTOR_SUBCONTRACTOR: 'none' });
  const client = new CinpClient(server.url);
  await client.login('root', ADMIN_PASSWORD);
  const site = '/api/v1/Site/Site:site1:';
  const script = 'received = iputils.ping( target="127.0.0.1" )\n';
  await client.create('/api/v1/Site/Site', { name: 'site1', description: 'x' });
  await client.create('/api/v1/BluePrint/Script', { name: 'look', description: 'x', script });
  await client.create('/api/v1/BluePrint/FoundationBluePrint', {
    name: 'by-hand',
    description: 'x',
    foundation_type_list: ['Manual'],
  });
  await client.create('/api/v1/BluePrint/BluePrintScript', {
    blueprint: '/api/v1/BluePrint/BluePrint:by-hand:',
    script: '/api/v1/BluePrint/Script:look:',
    name: 'create',
  });
  await client.create('/api/v1/Manual/ManualFoundation', {
    site,
    locator: 'host1',
    blueprint: '/api/v1/BluePrint/FoundationBluePrint:by-hand:',
  });
  await client.call('/api/v1/Building/Foundation:host1:(doCreate)');

  const poll = () =>
    client.call<PolledTask[]>('/api/v1/SubContractor/Dispatch(getJobs)', { site, module_list: ['iputils'] });
  let first = await poll();
  while (first.length === 0) first = await poll();
  expect(first).toMatchObject([{ function: 'ping' }]);
  expect(await poll()).toEqual([]);

  await server.kill();
  await server.start();
  expect(await poll()).toEqual(first);
  expect(await poll()).toEqual([]);

  const { job_id, cookie } = first[0] ?? { job_id: 0, cookie: '' };
  const report = { job_id, cookie, data: { result: 100 } };
  expect(await client.call('/api/v1/SubContractor/Dispatch(jobResults)', report)).toBe('Accepted');
  expect(await client.get('/api/v1/Building/Foundation:host1:')).toMatchObject({ state: 'built' });
  await server.stop();
  await database.drop();
});

it('hands out what it could claim, where the database refuses one of the claims', async () => {
  const database = await testDatabase();
  const server = await startContractor({ DATABASE_URL: database.url, CONTRACTOR_SUBCONTRACTOR: 'none' });
  const client = new CinpClient(server.url);
  await client.login('root', ADMIN_PASSWORD);
  await client.create('/api/v1/Site/Site', { name: 'site1', description: 'x' });
  const ids: number[] = [];
  for (const name of ['host1', 'host2', 'host3']) {
    const uri = await manualFoundation(client, 'site1', name, 'received = iputils.ping( target="127.0.0.1" )\n');
    ids.push(await client.call<number>(`${uri}(doCreate)`));
  }
  for (const id of ids)
    await until(async () => {
      const { message } = await client.get(`/api/v1/Foreman/FoundationJob:${id}:`);
      return String(message).includes('ping');
    });
  await database.pool.query(`
    CREATE FUNCTION log.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON log.events FOR EACH ROW
      WHEN (NEW.type = 'JobTaskDispatched' AND NEW.stream = 'job-${ids[1]}') EXECUTE FUNCTION log.refuse()`);
  const poll = async () => {
    const parameters = { site: '/api/v1/Site/Site:site1:', module_list: ['iputils'] };
    const tasks = await client.call<PolledTask[]>('/api/v1/SubContractor/Dispatch(getJobs)', parameters);
    return tasks.map(({ job_id }) => job_id);
  };
  expect(await poll()).toEqual([ids[0], ids[2]]);
  await expect(poll()).rejects.toThrow();
  await database.pool.query('DROP TRIGGER refuse ON log.events');
  expect(await poll()).toEqual([ids[1]]);
  await server.stop();
  await database.drop();
});
