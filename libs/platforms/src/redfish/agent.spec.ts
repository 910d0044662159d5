import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TaskContext } from '#platform';
import { Secret } from '#kernel';
import { testAuthority, until } from '#testing';
import { startRedfishService, type RedfishService } from '../../test/redfish-service.ts';
import { redfish } from './agent.ts';

const authority = await testAuthority('redfish');
const pair = await authority.sign('bmc', 'IP:127.0.0.1');
let service: RedfishService = await startRedfishService({ pair });
afterAll(async () => {
  await service.stop();
  await authority.remove();
});
beforeEach(async () => {
  await service.stop();
  service = await startRedfishService({ pair });
});

const said: string[] = [];
const context: TaskContext = {
  task: '1-1',
  job: 1,
  signal: new AbortController().signal,
  credentials: async (value) => value as never,
  debug: (message) => void said.push(message),
};
const SYSTEM = '/redfish/v1/Systems/1';
const updating = { everyMs: 1, seenMs: 20, againMs: 10, idleMs: 10 };
const patience = { everyMs: 1, switchedMs: 20, askedMs: 20 };
const changing = { everyMs: 1, seenMs: 20, taskMs: 100 };
const agent = redfish({ patience, changing });
const connectionWith = (password = 'secret', port = service.port) => ({
  ip_address: `127.0.0.1:${port}`,
  credentials: { username: new Secret('admin'), password: new Secret(password) },
});
const at = (password?: string) => ({ connection: connectionWith(password) });

describe('the power of a machine', () => {
  it.each([
    ['On', 'on'],
    ['PoweringOn', 'on'],
    ['Off', 'off'],
    ['PoweringOff', 'unknown "PoweringOff"'],
    ['Paused', 'unknown "Paused"'],
  ])('is told: %s is %s', async (power, state) => {
    service.machine.power = power;
    expect(await agent.tasks.power_state(at(), context)).toEqual({ state });
  });

  it.each([
    ['on', 'Off', 'on', ['On']],
    ['on', 'On', 'on', []],
    ['off', 'On', 'off', ['ForceOff']],
    ['soft_off', 'On', 'off', ['GracefulShutdown']],
    ['soft_off', 'Off', 'off', []],
  ] as const)('set to %s while it is %s, is %s then', async (state, power, then, resets) => {
    service.machine.power = power;
    expect(await agent.tasks.set_power({ ...at(), state }, context)).toEqual({ state: then });
    expect(service.machine.resets).toEqual(resets);
  });

  it.each([200, 202, 204] as const)('is set where the service answers %d', async (status) => {
    service.machine.status = status;
    expect(await agent.tasks.set_power({ ...at(), state: 'on' }, context)).toEqual({ state: 'on' });
  });

  it('is told as it is seen, where the operating system does not care', async () => {
    service.machine.power = 'On';
    service.machine.deaf = true;
    expect(await agent.tasks.set_power({ ...at(), state: 'soft_off' }, context)).toEqual({ state: 'on' });
    expect(service.machine.resets).toEqual(['GracefulShutdown']);
  });

  it('is told as it is seen, where the service refuses to ask the operating system', async () => {
    Object.assign(service.machine, { power: 'On', refuses: 'GracefulShutdown' });
    expect(await agent.tasks.set_power({ ...at(), state: 'soft_off' }, context)).toEqual({ state: 'on' });
    Object.assign(service.machine, { refuses: 'ForceOff' });
    await expect(agent.tasks.set_power({ ...at(), state: 'off' }, context)).rejects.toThrow(
      'The machine does not take ForceOff.',
    );
    expect(service.machine.resets).toEqual([]);
  });

  it('is set by what the service allows, which it may tell elsewhere', async () => {
    Object.assign(service.machine, { actionInfo: true, resetTypes: ['ForceOn', 'ForceOff'] });
    expect(await agent.tasks.set_power({ ...at(), state: 'on' }, context)).toEqual({ state: 'on' });
    // It knows no gentle way: nothing is done, and what comes next is the server's to say.
    expect(await agent.tasks.set_power({ ...at(), state: 'soft_off' }, context)).toEqual({ state: 'on' });
    expect(service.machine.resets).toEqual(['ForceOn']);
    service.machine.resetTypes = ['Nmi'];
    await expect(agent.tasks.set_power({ ...at(), state: 'off' }, context)).rejects.toThrow(
      'the machine cannot be switched off: its system resets by Nmi',
    );
  });
});

describe('a service', () => {
  it('that lets nobody in says so in words, and is no failed link', async () => {
    const refused = /^https:\/\/127\.0\.0\.1:\d+ does not let "admin" in: wrong user name or password: Log in first\.$/;
    await expect(agent.tasks.power_state(at('wrong'), context)).rejects.toThrow(refused);
    await expect(agent.tasks.link_test(at('wrong'), context)).rejects.toThrow(refused);
    expect(await agent.tasks.link_test(at(), context)).toEqual({ success: true });
  });

  it('that is not there fails the test of the link', async () => {
    const gone = await startRedfishService({ pair });
    await gone.stop();
    const connection = connectionWith('secret', gone.port);
    expect(await agent.tasks.link_test({ connection }, context)).toEqual({ success: false });
    await expect(agent.tasks.power_state({ connection }, context)).rejects.toThrow(
      `the Redfish service at https://127.0.0.1:${gone.port} was not reached: connect ECONNREFUSED`,
    );
  });

  it('that is silent is given up when the task is', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const stop = new AbortController();
    const connection = connectionWith('secret', (silent.address() as AddressInfo).port);
    const running = agent.tasks.power_state({ connection }, { ...context, signal: stop.signal });
    await once(silent, 'connection');
    stop.abort();
    await expect(running).rejects.toThrow('aborted');
    silent.close();
  });

  it('that is busy is asked again', async () => {
    service.machine.busy = 1;
    expect(await agent.tasks.power_state(at(), context)).toEqual({ state: 'off' });
  });

  it('has a session opened and closed, where that is wanted', async () => {
    service.machine.sessionsOnly = true;
    await expect(agent.tasks.power_state(at(), context)).rejects.toThrow('does not let "admin" in');
    const withSessions = redfish({ patience, login: 'session' });
    expect(await withSessions.tasks.power_state(at(), context)).toEqual({ state: 'off' });
    expect(service.machine.sessions.size).toBe(0);
    await expect(withSessions.tasks.power_state(at('wrong'), context)).rejects.toThrow('does not let "admin" in');
  });

  it.each(['url', 'body'] as const)('has a session closed that it tells of by a %s', async (sessionAt) => {
    service.machine.sessionAt = sessionAt;
    const withSessions = redfish({ patience, login: 'session' });
    expect(await withSessions.tasks.power_state(at(), context)).toEqual({ state: 'off' });
    expect(service.machine.sessions.size).toBe(0);
  });

  it('has a session closed under an address in capitals', async () => {
    const connection = { ...connectionWith(), ip_address: `LocalHost:${service.port}` };
    const withSessions = redfish({ patience, login: 'session' });
    expect(await withSessions.tasks.power_state({ connection }, context)).toEqual({ state: 'off' });
    expect(service.machine.sessions.size).toBe(0);
  });

  it.each(['256.0.0.1', 'fe80::1%eth0'])('is at no address such as %s', async (ip_address) => {
    await expect(agent.tasks.power_state({ connection: { ...connectionWith(), ip_address } }, context)).rejects.toThrow(
      `ip_address: "${ip_address}" is no host of a URL`,
    );
  });

  it.each([301, 302, 307, 308])('is followed with the same method where it redirects with %d', async (status) => {
    const paths = [
      '/redfish/v1/Systems',
      '/redfish/v1/SessionService/Sessions',
      `${SYSTEM}/Actions/ComputerSystem.Reset`,
    ];
    for (const path of paths) service.machine.redirects.set(path, { status, location: `${path}/` });
    const withSessions = redfish({ patience, login: 'session' });
    expect(await withSessions.tasks.set_power({ ...at(), state: 'on' }, context)).toEqual({ state: 'on' });
    expect(service.machine.resets).toEqual(['On']);
  });

  it('is not followed to another server, nor without end', async () => {
    const path = '/redfish/v1/Systems';
    const other = await startRedfishService({ pair });
    const location = `https://127.0.0.1:${other.port}${path}`;
    service.machine.redirects.set(path, { status: 308, location });
    await expect(agent.tasks.power_state(at(), context)).rejects.toThrow(
      `redirects GET ${path} to "${location}", which is another server: name and password are not sent there`,
    );
    expect(other.machine.asked).toEqual([]);
    await other.stop();
    service.machine.redirects.set(path, { status: 308, location: path });
    await expect(agent.tasks.power_state(at(), context)).rejects.toThrow(`redirects GET ${path} without end`);
  });

  it('that ends a session is logged in at again', async () => {
    service.machine.sessionsOnly = true;
    const withSessions = redfish({ patience, login: 'session', updating: { ...updating, everyMs: 1 } });
    service.machine.restart = [0];
    const order = { ...at(), name: 'BIOS', version: '2.5.0', image: 'http://static/BIOS-2.5.0.bin' };
    expect(await withSessions.tasks.update_firmware(order, context)).toEqual({ changed: true });
    expect(service.machine.sessions.size).toBe(0);
  });

  it('needs a good certificate only where that is said', async () => {
    const strict = redfish({ patience, verifyTls: true });
    await expect(strict.tasks.power_state(at(), context)).rejects.toThrow(/was not reached: .*certificate/);
    expect(await strict.tasks.link_test(at(), context)).toEqual({ success: false });
    const knowing = redfish({ patience, verifyTls: true, caFile: authority.ca });
    expect(await knowing.tasks.power_state(at(), context)).toEqual({ state: 'off' });
  });
});

describe('what is booted', () => {
  it('is told for the next start, and read back', async () => {
    expect(await agent.tasks.boot_device(at(), context)).toEqual({ device: 'none', persistent: false });
    const once = { device: 'pxe', persistent: false } as const;
    expect(await agent.tasks.set_boot({ ...at(), ...once, mode: 'legacy' }, context)).toEqual(once);
    expect(await agent.tasks.boot_device(at(), context)).toEqual(once);
    await agent.tasks.set_power({ ...at(), state: 'on' }, context);
    expect(service.machine.booted).toEqual(['Pxe']);
    expect(await agent.tasks.boot_device(at(), context)).toEqual({ device: 'none', persistent: false });
  });

  it('is told from now on, and taken back', async () => {
    const always = { device: 'disk', persistent: true } as const;
    expect(await agent.tasks.set_boot({ ...at(), ...always }, context)).toEqual(always);
    const none = { device: 'none', persistent: false } as const;
    expect(await agent.tasks.set_boot({ ...at(), ...none }, context)).toEqual(none);
  });

  it('is an error where the machine does not know it, or forgets it', async () => {
    await expect(agent.tasks.set_boot({ ...at(), device: 'usb', persistent: false }, context)).rejects.toThrow(
      'the machine cannot boot "usb" (Usb): it boots None, Pxe, Hdd, Cd, BiosSetup, UefiHttp',
    );
    service.machine.forgetful = true;
    await expect(agent.tasks.set_boot({ ...at(), device: 'pxe', persistent: false }, context)).rejects.toThrow(
      'the machine took BootSourceOverrideEnabled = Once, and has "Disabled" afterwards',
    );
  });
});

describe('virtual media', () => {
  const image = 'https://static/rescue.iso';

  it('are put in and taken out, and done again there is nothing to do', async () => {
    const order = { ...at(), image, medium: 'cd' } as const;
    expect(await agent.tasks.insert_media(order, context)).toEqual({ changed: true });
    expect(service.machine.drive).toEqual({ Image: image, Inserted: true });
    expect(await agent.tasks.insert_media(order, context)).toEqual({ changed: false });
    expect(await agent.tasks.insert_media({ ...order, image: `${image}2` }, context)).toEqual({ changed: true });
    expect(service.machine.drive.Image).toBe(`${image}2`);
    expect(await agent.tasks.eject_media({ ...at(), medium: 'cd' }, context)).toEqual({ changed: true });
    expect(await agent.tasks.eject_media({ ...at(), medium: 'cd' }, context)).toEqual({ changed: false });
  });

  it('need a drive, and a URL', async () => {
    await expect(agent.tasks.insert_media({ ...at(), image, medium: 'usb' }, context)).rejects.toThrow(
      'the machine has no virtual drive for a medium "usb"',
    );
    await expect(agent.tasks.insert_media({ ...at(), image: 'x', medium: 'cd' }, context)).rejects.toThrow(
      'image: "x" is no URL',
    );
  });
});

describe('BIOS settings', () => {
  const wanted = { BootMode: 'Uefi', NumLock: 'Off', ProcCores: 16, SriovEnabled: true };

  it('are compared, wait for the next start, and are as wanted then', async () => {
    const order = { ...at(), settings: wanted };
    expect(await agent.tasks.bios_difference(order, context)).toEqual({
      differences: [
        { name: 'NumLock', wanted: 'Off', found: 'On', pending: null },
        { name: 'ProcCores', wanted: 16, found: 8, pending: null },
        { name: 'SriovEnabled', wanted: true, found: false, pending: null },
      ],
    });
    expect(await agent.tasks.apply_bios(order, context)).toEqual({ changed: ['NumLock', 'ProcCores', 'SriovEnabled'] });
    expect(await agent.tasks.apply_bios(order, context)).toEqual({ changed: [] });
    const { differences } = await agent.tasks.bios_difference(order, context);
    expect(differences.map(({ pending }) => pending)).toEqual(['Off', 16, true]);
    await agent.tasks.set_power({ ...at(), state: 'on' }, context);
    expect(await agent.tasks.bios_difference(order, context)).toEqual({ differences: [] });
  });

  it('are not as wanted where another value waits', async () => {
    service.machine.pending = { NumLock: 'Off' };
    const order = { ...at(), settings: { NumLock: 'On' } };
    expect(await agent.tasks.bios_difference(order, context)).toEqual({
      differences: [{ name: 'NumLock', wanted: 'On', found: 'On', pending: 'Off' }],
    });
    expect(await agent.tasks.apply_bios(order, context)).toEqual({ changed: ['NumLock'] });
    await agent.tasks.set_power({ ...at(), state: 'on' }, context);
    expect(service.machine.bios['NumLock']).toBe('On');
    expect(await agent.tasks.apply_bios(order, context)).toEqual({ changed: [] });
  });

  it('are named where the BIOS has none such, or takes no such value', async () => {
    const misspelt = { ...at(), settings: { NumLok: 'Off' } };
    await expect(agent.tasks.bios_difference(misspelt, context)).rejects.toThrow('the BIOS has none named NumLok');
    await expect(agent.tasks.apply_bios({ ...at(), settings: { ProcCores: 0 } }, context)).rejects.toThrow(
      /answers 400 to PATCH .*: The value 0 for ProcCores is not in the list\./,
    );
  });
});

it('a machine tells what it is, and what runs in it', async () => {
  expect(await agent.tasks.inventory(at(), context)).toEqual({
    manufacturer: 'Acme',
    model: 'T1000',
    serial_number: 'SN0001',
    uuid: '11111111-2222-3333-4444-0000000000aa',
    bios_version: '2.4.1',
    bmc_version: '1.33.7',
    firmware: [
      { id: 'BIOS', name: 'System BIOS', version: '2.4.1', updateable: true },
      { id: 'NIC', name: 'Network adapter', version: null, updateable: false },
    ],
  });
});

describe('what a service has accepted, and does later', () => {
  const image = 'https://static/rescue.iso';
  const destination = 'https://contractor/events';
  const boot = { device: 'pxe', persistent: false } as const;
  const all: readonly [string, () => Promise<unknown>, unknown][] = [
    ['boot', () => agent.tasks.set_boot({ ...at(), ...boot }, context), boot],
    ['media in', () => agent.tasks.insert_media({ ...at(), image, medium: 'cd' }, context), { changed: true }],
    [
      'BIOS',
      () => agent.tasks.apply_bios({ ...at(), settings: { NumLock: 'Off' } }, context),
      { changed: ['NumLock'] },
    ],
    ['events', () => agent.tasks.subscribe_events({ ...at(), destination, context: 'x' }, context), expect.anything()],
  ];

  it.each(all)('is waited for: %s', async (_, act, result) => {
    service.machine.changeLooks = 3;
    expect(await act()).toEqual(result);
  });

  it.each(all)('tells why it fails: %s', async (_, act) => {
    Object.assign(service.machine, { changeLooks: 2, changeFails: 'The lock is on.' });
    await expect(act()).rejects.toThrow('what was asked for has ended as "Exception": The lock is on.');
  });

  it.each(all)('has so long: %s', async (_, act) => {
    service.machine.changeLooks = Infinity;
    await expect(act()).rejects.toThrow('what was asked for was accepted, and is not done after 0.1 s');
  });

  it('is seen to be undone too', async () => {
    await agent.tasks.insert_media({ ...at(), image, medium: 'cd' }, context);
    await agent.tasks.subscribe_events({ ...at(), destination, context: 'x' }, context);
    service.machine.changeLooks = 3;
    expect(await agent.tasks.eject_media({ ...at(), medium: 'cd' }, context)).toEqual({ changed: true });
    expect(await agent.tasks.unsubscribe_events({ ...at(), destination }, context)).toEqual({ changed: true });
  });

  it('may have no task, and is looked at for a while', async () => {
    service.machine.forgetful = true;
    const patient = redfish({ patience, changing: { ...changing, seenMs: 10_000 } });
    const done = patient.tasks.set_boot({ ...at(), ...boot }, context);
    await until(() => service.machine.asked.filter((one) => one === `GET ${SYSTEM}`).length > 3, 4000);
    Object.assign(service.machine.boot, { BootSourceOverrideEnabled: 'Once', BootSourceOverrideTarget: 'Pxe' });
    expect(await done).toEqual(boot);
  });
});

describe('firmware', () => {
  const quick = redfish({ patience, updating });
  const image = 'http://static/BIOS-2.5.0.bin';
  const order = () => ({ ...at(), name: 'BIOS', version: '2.5.0', image });

  it('is compared with what is wanted, with the BIOS settings', async () => {
    const firmware = { BIOS: '>=2.4', 'System BIOS': { version: '2.5.0', image: 'http://static/x.bin' }, NIC: '1.0' };
    const differences = [
      { kind: 'firmware', name: 'NIC', wanted: '1.0', found: null, pending: null },
      { kind: 'firmware', name: 'System BIOS', wanted: '2.5.0', found: '2.4.1', pending: null },
    ];
    expect(await agent.tasks.firmware_difference({ ...at(), firmware }, context)).toEqual({ differences });
    expect(await agent.tasks.settings({ ...at(), firmware, bios: { NumLock: 'Off' } }, context)).toEqual({
      difference_list: [{ kind: 'bios', name: 'NumLock', wanted: 'Off', found: 'On', pending: null }, ...differences],
    });
    await expect(agent.tasks.firmware_difference({ ...at(), firmware: { RAID: '1' } }, context)).rejects.toThrow(
      'firmware: the machine tells of none named "RAID", but of BIOS, NIC',
    );
    await expect(agent.tasks.firmware_difference({ ...at(), firmware: { BIOS: 2 } }, context)).rejects.toThrow(
      'firmware: BIOS must be a version, or a map of a version and an image',
    );
  });

  it('is updated, seen by its version, and done again there is nothing to do', async () => {
    expect(await quick.tasks.update_firmware(order(), context)).toEqual({ changed: true });
    expect(service.machine.firmware['BIOS']).toBe('2.5.0');
    expect(await quick.tasks.update_firmware(order(), context)).toEqual({ changed: false });
    const firmware = { BIOS: '2.5.0', NIC: { version: '>=1.2', image: 'http://static/NIC-1.3.bin' } };
    expect(await quick.tasks.apply_firmware({ ...at(), firmware }, context)).toEqual({ changed: ['NIC'] });
    expect(service.machine.updates.map(({ image }) => image)).toEqual([image, 'http://static/NIC-1.3.bin']);
  });

  it('that is being updated is waited for: the update is not begun anew', async () => {
    service.machine.updates.push({ image, looks: 5 });
    expect(await quick.tasks.update_firmware(order(), context)).toEqual({ changed: true });
    expect(service.machine.updates).toHaveLength(1);
  });

  it.each([[[502, 500, 503, 503, 503, 503, 0]], [[0, 504]]])(
    'is updated by a management processor that starts anew and answers %j meanwhile',
    async (restart) => {
      service.machine.restart = restart;
      const patient = redfish({ patience, updating: { ...updating, seenMs: 10_000 } });
      expect(await patient.tasks.update_firmware(order(), context)).toEqual({ changed: true });
      expect(service.machine.updates).toHaveLength(1);
    },
  );

  it('has as long again each time that the management processor is away', async () => {
    const slow = redfish({ patience, updating: { ...updating, everyMs: 60, seenMs: 100 } });
    service.machine.updateLooks = 4;
    service.machine.restart = [500];
    const updated = slow.tasks.update_firmware(order(), context);
    await until(() => service.machine.updates[0]?.looks === 2, 4000);
    service.machine.restart = [500];
    expect(await updated).toEqual({ changed: true });
  });

  const other = 'http://static/NIC-1.3.bin';
  const payload = (image: string) => ({
    Payload: { TargetUri: '/redfish/v1/UpdateService', JsonBody: JSON.stringify({ ImageURI: image }) },
  });

  it.each([
    ['of another component', { image: other, looks: 3 }],
    ['of another image, as it says', { image: other, looks: 3, task: payload(other) }],
    ['that never begins', { image: other, looks: Infinity, task: { TaskState: 'Pending' } }],
  ])('is updated after an update that is at work %s', async (_, update) => {
    service.machine.updates.push(update);
    expect(await quick.tasks.update_firmware(order(), context)).toEqual({ changed: true });
    expect(service.machine.updates.map((one) => one.image)).toEqual([other, image]);
    expect(service.machine.firmware['BIOS']).toBe('2.5.0');
  });

  it('is not updated twice where the update at work is of its image, and is an error where that does not begin', async () => {
    service.machine.updates.push({ image, looks: 3, task: payload(image) });
    service.machine.updateFails = 'The image is damaged.';
    await expect(quick.tasks.update_firmware(order(), context)).rejects.toThrow('has ended as "Exception"');
    service.machine.updates[0] = { image, looks: Infinity, task: { ...payload(image), TaskState: 'Pending' } };
    await expect(quick.tasks.update_firmware(order(), context)).rejects.toThrow(
      'the update is still "Pending" after 0.01 s',
    );
    expect(service.machine.updates).toHaveLength(1);
  });

  it('that is not updated says so: the task fails, or the version is another one after it', async () => {
    service.machine.updateFails = 'The image is for another machine.';
    await expect(quick.tasks.update_firmware(order(), context)).rejects.toThrow(
      'the update has ended as "Exception": The image is for another machine.',
    );
    service.machine.updateFails = undefined;
    const other = { ...order(), image: 'http://static/BIOS-2.4.9.bin' };
    await expect(quick.tasks.update_firmware(other, context)).rejects.toThrow(
      'the update is done, and the firmware of BIOS is "2.4.9", not "2.5.0"',
    );
    await expect(quick.tasks.update_firmware({ ...order(), image: 'x' }, context)).rejects.toThrow(
      'image: "x" is no URL',
    );
  });
});

it('events are subscribed to once, and no more', async () => {
  const order = { ...at(), destination: 'https://contractor/events', context: 'rack 4' };
  const subscription = '/redfish/v1/EventService/Subscriptions/1';
  expect(await agent.tasks.subscribe_events(order, context)).toEqual({ subscription, changed: true });
  expect(await agent.tasks.subscribe_events(order, context)).toEqual({ subscription, changed: false });
  const { destination } = order;
  expect(await agent.tasks.unsubscribe_events({ ...at(), destination }, context)).toEqual({ changed: true });
  expect(await agent.tasks.unsubscribe_events({ ...at(), destination }, context)).toEqual({ changed: false });
});
