import { afterAll, expect, it, jest } from '@jest/globals';
import { ADMIN_PASSWORD, startContractor, testAuthority, until } from '#testing';
import { startRedfishService } from '../libs/platforms/test/redfish-service.ts';
import { runCommand } from './run-command.ts';
import { startJourney } from './start-journey.ts';

jest.setTimeout(300_000);

type Values = Readonly<Record<string, unknown>>;

const authority = await testAuthority('maintenance');
const pair = await authority.sign('bmc', 'IP:127.0.0.1');
const machines = await Promise.all([0, 1, 2].map(() => startRedfishService({ pair })));
const { rest, server, database } = await startJourney();
const second = await startContractor({ DATABASE_URL: database.url });
afterAll(async () => {
  await second.stop();
  await Promise.all(machines.map((one) => one.stop()));
  await authority.remove();
});

/** Asks the server that is not killed. */
const ask = async (method: string, path: string, body?: Values) => {
  const answer = await rest(method, path, body, second);
  expect([answer.status < 300, answer.body]).toEqual([true, expect.anything()]);
  return answer.body;
};
const run = async (line: string) => {
  const environment = { CONTRACTOR_URL: second.url, CONTRACTOR_USERNAME: 'root', CONTRACTOR_PASSWORD: ADMIN_PASSWORD };
  const { code, out, err } = await runCommand(line.split(' '), { environment });
  expect([code, err]).toEqual([0, '']);
  return out;
};

const SCRIPTS = {
  create: 'begin()\nend\n',
  firmware: `begin( description="Update the firmware" )
  foundation.power_off()
  foundation.apply_firmware( firmware=config.redfish_firmware )
  foundation.power_on()
end
`,
};
const FIRMWARE = { BIOS: { version: '>=2.5', image: 'http://static/BIOS-2.5.0.bin' } };

/** Three machines that are built, with a web server on each. */
async function prepare(): Promise<void> {
  await ask('POST', 'Site/Site', { name: 'lab', description: 'x' });
  await ask('POST', 'Survey/Plot', { name: 'rack4', corners: 'x' });
  const rack = { name: 'rack', description: 'x', foundation_type_list: ['RedFish'] };
  const config = { redfish_firmware: FIRMWARE, redfish_bios_settings: { NumLock: 'Off' } };
  await ask('POST', 'BluePrint/FoundationBluePrint', { ...rack, config_values: config });
  await ask('POST', 'BluePrint/StructureBluePrint', {
    name: 'web',
    description: 'x',
    foundation_blueprint_list: ['rack'],
  });
  for (const [name, script] of Object.entries(SCRIPTS)) {
    await ask('POST', 'BluePrint/Script', { name, description: 'x', script });
    await ask('POST', 'BluePrint/BluePrintScript', { blueprint: 'rack', script: name, name });
  }
  for (const [n, { port, machine }] of machines.entries()) {
    machine.power = 'On';
    machine.updateLooks = 1;
    await ask('POST', 'RedFish/RedFishFoundation', {
      locator: `m${n}`,
      site: 'lab',
      blueprint: 'rack',
      plot: 'rack4',
      redfish_username: 'admin',
      redfish_password: 'secret',
      redfish_ip_address: `127.0.0.1:${port}`,
    });
    const web = {
      hostname: `web${n}`,
      site: 'lab',
      blueprint: 'web',
      foundation: `m${n}`,
      labels: { service: 'shop' },
    };
    await ask('POST', 'Building/Structure', web);
    await ask('POST', `Building/Foundation/m${n}/force`, { state: 'built' });
  }
}

it('firmware is updated in waves: services let go first, too many failures stop it, and it outlives its server', async () => {
  await prepare();
  // The server that is asked is not the foreman.
  const settings = await run('foundation settings m0');
  expect(settings.split('\n').map((line) => line.trim().split(/ +/).join(' '))).toEqual([
    'KIND NAME WANTED FOUND PENDING',
    'bios NumLock Off On -',
    'firmware BIOS >=2.5 2.4.1 -',
    '',
  ]);
  await ask('POST', 'Foreman/HoldRule', {
    description: 'Drain it',
    target_kind: 'Structure',
    labels: { service: 'shop' },
    scripts: ['firmware'],
    seconds: 3600,
  });

  const make = 'wave create --script firmware --site lab --blueprint rack --batch 1';
  expect(await run(`${make} --dry-run`)).toContain('would work on 3 in 3 batches; nothing was made');
  expect(await run(`${make} -d BIOS`)).toContain('made wave 1: 3 targets, 3 batches');

  /** The hold of a structure on a machine. */
  const holdOn = async (n: number): Promise<Values> => {
    let found: Values | undefined;
    await until(async () => {
      const { items } = (await ask('GET', 'Foreman/Hold')) as { readonly items: readonly Values[] };
      found = items.find(({ target }) => target === `m${n}`);
      return found !== undefined;
    }, 60_000);
    return found as Values;
  };
  const release = async (n: number) => {
    const { id } = await holdOn(n);
    await run(`hold release ${String(id)} --reason drained`);
  };
  const wave = () => ask('GET', 'Foreman/Wave/1');

  const held = await holdOn(0);
  const { items: hosts } = (await ask('GET', 'Building/Structure')) as { readonly items: readonly Values[] };
  const web0 = hosts.find(({ hostname }) => hostname === 'web0')?.['id'];
  expect(held).toMatchObject({ target_kind: 'Foundation', carried_kind: 'Structure', carried: String(web0) });
  expect(machines[0]?.machine.power).toBe('On');
  await release(0);
  await until(async () => (await wave())['done'] === 1, 60_000);
  expect(machines.map(({ machine }) => machine.firmware['BIOS'])).toEqual(['2.5.0', '2.4.1', '2.4.1']);
  expect(machines[0]?.machine.resets).toEqual(['GracefulShutdown', 'On']);

  await holdOn(1);
  await server.kill();
  await release(1);
  await until(async () => (await wave())['done'] === 2, 120_000);
  expect(machines[1]?.machine.updates).toHaveLength(1);

  const [, , last] = machines;
  last!.machine.updateFails = 'The image is for another machine.';
  await release(2);
  await until(async () => (await wave())['state'] === 'paused', 60_000);
  expect(await run('wave progress 1')).toMatch(/m2 +3 +failed .*The image is for another machine\./);
  last!.machine.updateFails = undefined;
  const { targets } = (await ask('POST', 'Foreman/Wave/1/progress', {}))['value'] as {
    readonly targets: readonly Values[];
  };
  await ask('POST', `Foreman/FoundationJob/${String(targets[2]?.['job'])}/reset`);
  await run('wave resume 1');
  await until(async () => (await wave())['state'] === 'done', 60_000);
  expect(await wave()).toMatchObject({ done: 3, failed: 0, skipped: 0 });
  expect(machines.map(({ machine }) => machine.firmware['BIOS'])).toEqual(['2.5.0', '2.5.0', '2.5.0']);
  expect(await run('foundation settings m2')).not.toContain('firmware');
});
