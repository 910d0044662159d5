import { afterAll, expect, it, jest } from '@jest/globals';
import { startIpmiSim, startNatsServer, startProgram, until } from '#testing';
import { startJourney } from './start-journey.ts';

jest.setTimeout(300_000);

const FOUNDATION = '/api/v1/Building/Foundation:node1:';
const IPMI_FOUNDATION = '/api/v1/IPMI/IPMIFoundation';

const [nats, bmc] = await Promise.all([startNatsServer(), startIpmiSim()]);
const { server, client, rest } = await startJourney({ NATS_URL: nats.url });
const stops = [() => nats.stop(), () => bmc.stop()];
afterAll(async () => {
  for (const stop of stops) await stop();
});
await client.create('/api/v1/Site/Site', { name: 'site1', description: 'x' });
const agent = await startProgram(
  'apps/subcontractor/src/main',
  { NATS_URL: nats.url, SUBCONTRACTOR_SITE: 'site1', SUBCONTRACTOR_MODULES: 'ipmi:2' },
  'serving',
);
stops.unshift(async () => void (await agent.stop()));

/** Switches a machine in every way there is; the test of the link takes 20 seconds by itself. */
const SCRIPT = `begin()
  foundation.power_on()
  good = foundation.link_test()
  if not good then
    fatal_error( msg="the link is bad" )
  foundation.set_boot( device="pxe" )
  foundation.power_off()
  foundation.wait_for_poweroff()
  before = foundation.power_state()
  if ( before != "off" ) then
    fatal_error( msg="the machine is not off" )
end
`;

it('a machine with a BMC is switched by a blueprint over NATS; a wrong password is told in words, and mended', async () => {
  await client.create('/api/v1/BluePrint/Script', { name: 'switch', description: 'x', script: SCRIPT });
  const types = { description: 'x', foundation_type_list: ['IPMI'] };
  await client.create('/api/v1/BluePrint/FoundationBluePrint', { name: 'server', ...types });
  await client.create('/api/v1/BluePrint/BluePrintScript', {
    blueprint: '/api/v1/BluePrint/BluePrint:server:',
    script: '/api/v1/BluePrint/Script:switch:',
    name: 'create',
  });
  const machine = {
    locator: 'node1',
    site: '/api/v1/Site/Site:site1:',
    blueprint: '/api/v1/BluePrint/FoundationBluePrint:server:',
    plot: '/api/v1/Survey/Plot:rack4:',
    ipmi_username: 'admin',
    ipmi_password: 'not-so-secret',
    ipmi_ip_address: `127.0.0.1:${bmc.port}`,
  };
  await expect(client.create(IPMI_FOUNDATION, machine)).rejects.toMatchObject({ body: { plot: expect.anything() } });
  await client.create('/api/v1/Survey/Plot', { name: 'rack4', corners: 'aisle 4' });
  await client.create(IPMI_FOUNDATION, machine);
  expect(await client.get(`${IPMI_FOUNDATION}:node1:`)).toMatchObject({
    ipmi_password: '********',
    ipmi_sol_port: 'ttyS1',
    class_list: "['Physical', 'IPMI']",
  });
  await expect(client.delete('/api/v1/Survey/Plot:rack4:')).rejects.toMatchObject({
    body: { message: 'Not Deletable: used by Foundation node1' },
  });
  expect(await client.call(`${FOUNDATION}(getConfig)`)).toMatchObject({
    _console: 'ttyS1',
    ipmi_ip_address: machine.ipmi_ip_address,
  });

  await rest('POST', 'Building/Foundation/node1/force', { state: 'located' });
  const id = await client.call<number>(`${FOUNDATION}(doCreate)`);
  const job = () => client.get(`/api/v1/Foreman/FoundationJob:${id}:`);
  await until(async () => (await job())['state'] === 'error');
  expect((await job())['message']).toContain(
    `the BMC ${machine.ipmi_ip_address} does not let "admin" in: wrong password`,
  );
  expect(await bmc.effects()).toEqual([]);

  await client.update(`${IPMI_FOUNDATION}:node1:`, { ipmi_password: 'secret' });
  await client.call(`/api/v1/Foreman/BaseJob:${id}:(reset)`);
  await until(async () => (await client.get(FOUNDATION))['state'] === 'built');
  expect(await bmc.effects()).toEqual(['power 1', 'boot pxe', 'shutdown 1']);
  const told = [...server.lines, ...agent.lines].join('\n');
  expect(told).not.toContain('not-so-secret');
});
