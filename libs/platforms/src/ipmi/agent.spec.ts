import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Secret } from '#kernel';
import type { TaskContext } from '#platform';
import { freePort, startIpmiSim, startUdpRelay, type IpmiSim, type UdpRelay } from '#testing';
import { ipmi } from './agent.ts';
import { Bmc } from './bmc.ts';

jest.setTimeout(120_000);

const patience = { everyMs: 20, switchedMs: 2000, askedMs: 100 };
const agent = ipmi({ patience, retryMs: 10, pingMs: 1000, repeats: 1 });
const context: TaskContext = {
  task: '1-1',
  job: 1,
  signal: new AbortController().signal,
  credentials: async (value) => value as never,
  debug: () => undefined,
};
const connectionWith = (port: number, password = 'secret', username = 'admin') => ({
  ip_address: `127.0.0.1:${port}`,
  credentials: { username: new Secret(username), password: new Secret(password) },
});

let bmc: IpmiSim;
let relay: UdpRelay;
beforeAll(async () => {
  bmc = await startIpmiSim();
  relay = await startUdpRelay(bmc.port);
});
afterAll(async () => {
  await relay.stop();
  await bmc.stop();
});
const at = () => ({ connection: connectionWith(bmc.port) });

describe('the power of a machine', () => {
  it('is told and set, and is what is seen afterwards', async () => {
    await bmc.press(false);
    const before = (await bmc.effects()).length;
    expect(await agent.tasks.power_state(at(), context)).toEqual({ state: 'off' });
    expect(await agent.tasks.set_power({ ...at(), state: 'on' }, context)).toEqual({ state: 'on' });
    expect(await bmc.power()).toBe(true);
    // What is so already is not asked for.
    expect(await agent.tasks.set_power({ ...at(), state: 'on' }, context)).toEqual({ state: 'on' });
    expect(await agent.tasks.set_power({ ...at(), state: 'shutdown' }, context)).toEqual({ state: 'off' });
    expect(await agent.tasks.set_power({ ...at(), state: 'shutdown' }, context)).toEqual({ state: 'off' });
    expect((await bmc.effects()).slice(before)).toEqual(['power 1', 'shutdown 1']);
  });

  it('stays as it is where the operating system does not care, until it is switched off', async () => {
    await bmc.press(true);
    await bmc.deaf(true);
    // ipmitool says that all is well.
    expect(await agent.tasks.set_power({ ...at(), state: 'shutdown' }, context)).toEqual({ state: 'on' });
    expect(await agent.tasks.set_power({ ...at(), state: 'off' }, context)).toEqual({ state: 'off' });
    await bmc.deaf(false);
  });
});

describe('a BMC', () => {
  const state = (connection: ReturnType<typeof connectionWith>) => agent.tasks.power_state({ connection }, context);

  it('says in words that a password or a user is wrong, at once', async () => {
    const shown = `the BMC 127.0.0.1:${bmc.port} does not let`;
    await expect(state(connectionWith(bmc.port, 'wrong'))).rejects.toThrow(`${shown} "admin" in: wrong password`);
    await expect(state(connectionWith(bmc.port, 'secret', 'nobody'))).rejects.toThrow(
      `${shown} "nobody" in: it has no such user`,
    );
    const link = { connection: connectionWith(bmc.port, 'wrong'), count: 2, scaler: 0.85, threshold: 0.8, delay: 0 };
    await expect(agent.tasks.link_test(link, context)).rejects.toThrow(`${shown} "admin" in: wrong password`);
  });

  it('does not take every cipher suite', async () => {
    const modern = ipmi({ cipherSuite: 17 });
    await expect(modern.tasks.power_state(at(), context)).rejects.toThrow('it does not take the cipher suite 17');
  });

  it('that is dead is told apart, before ipmitool is asked', async () => {
    const port = await freePort();
    await expect(state(connectionWith(port))).rejects.toThrow(
      `no BMC answers at 127.0.0.1:${port} (UDP): nothing listens there`,
    );
    relay.pass(() => false);
    await expect(state(connectionWith(relay.port))).rejects.toThrow(
      `no BMC answers at 127.0.0.1:${relay.port} (UDP) within 1 s: it has no power`,
    );
    relay.pass(() => true);
  });

  it('that is slow is given its time', async () => {
    relay.delay(250);
    expect(await state(connectionWith(relay.port))).toEqual({ state: 'off' });
    relay.delay(0);
  });

  it('that answers pings and nothing else is told to hang', async () => {
    // Messages of RMCP+ have the authentication type 6.
    relay.pass((answer) => answer[4] !== 6);
    const hanging = await Bmc.of(connectionWith(relay.port), context, { repeats: 1 });
    const asked = hanging.run(['chassis', 'power', 'status'], { tries: 1 });
    await expect(asked).rejects.toThrow(/answered a ping after \d+ ms, opens no session: it is overloaded, or hangs/);
    relay.pass(() => true);
  });

  it('is not asked what IPMI has no room for', async () => {
    await expect(state(connectionWith(bmc.port, 'x'.repeat(21)))).rejects.toThrow(
      'the password is 21 bytes long, and IPMI has room for 20',
    );
    await expect(state(connectionWith(bmc.port, ''))).rejects.toThrow('there is no "password" to log in with');
  });

  it('is let go of when the task is over', async () => {
    const stop = new AbortController();
    relay.delay(2000);
    const running = agent.tasks.power_state(
      { connection: connectionWith(relay.port) },
      { ...context, signal: stop.signal },
    );
    setImmediate(() => stop.abort());
    await expect(running).rejects.toThrow('aborted');
    relay.delay(0);
  });
});

describe('the test of a link', () => {
  it('counts a failed query 0, and ends below the threshold', async () => {
    const test = { connection: connectionWith(await freePort()), count: 20, scaler: 0.85, threshold: 0.8, delay: 0 };
    const { score } = await agent.tasks.link_test(test, context);
    // Two that fail in a row are enough.
    expect(score).toBeCloseTo(0.85 * 0.85);
    const good = { ...test, ...at(), count: 3 };
    expect(await agent.tasks.link_test(good, context)).toEqual({ score: 1 });
  });
});

describe('what is booted next', () => {
  it('is set and read back', async () => {
    const once = { device: 'pxe', persistent: false, efi: false } as const;
    // This BMC never says that its flags are in force.
    expect(await agent.tasks.set_boot({ ...at(), ...once }, context)).toEqual({ ...once, in_force: false });
    expect(await agent.tasks.boot_device(at(), context)).toEqual({ ...once, in_force: false });
    const none = { ...once, device: 'none' } as const;
    expect(await agent.tasks.set_boot({ ...at(), ...none }, context)).toEqual({ ...none, in_force: false });
  });

  it('is an error where the BMC takes it and forgets it', async () => {
    await expect(
      agent.tasks.set_boot({ ...at(), device: 'pxe', persistent: true, efi: true }, context),
    ).rejects.toThrow(
      'the BMC took the order to boot "pxe" from now on by UEFI, and says afterwards that it boots "pxe" once by a legacy BIOS',
    );
  });
});

it('sensors and the event log are read', async () => {
  expect(await agent.tasks.sensors(at(), context)).toEqual({
    sensors: [{ name: 'CPU Temp', value: 42, unit: 'degrees C', status: 'ok' }],
  });
  const { entries } = await agent.tasks.event_log({ ...at(), count: 1 }, context);
  expect(entries).toEqual([
    {
      id: '2',
      at: expect.stringContaining('Pre-Init'),
      sensor: 'Temperature CPU Temp',
      event: 'Upper Non-critical going high',
      direction: 'Deasserted',
    },
  ]);
});

describe('a user of a BMC', () => {
  const ops = { channel: 1, user_id: 3, name: 'ops', password: new Secret('geheim'), privilege: 'operator' } as const;

  it('is made, and made again there is nothing to do', async () => {
    expect(await agent.tasks.set_user({ ...at(), ...ops }, context)).toEqual({ changed: true });
    expect(await agent.tasks.set_user({ ...at(), ...ops }, context)).toEqual({ changed: false });
    const other = { ...ops, password: new Secret('other') };
    expect(await agent.tasks.set_user({ ...at(), ...other }, context)).toEqual({ changed: true });
    const connection = connectionWith(bmc.port, 'other', 'ops');
    expect(await agent.tasks.power_state({ connection }, context)).toEqual({ state: 'off' });
  });

  it('has a name and a password that IPMI has room for', async () => {
    await expect(agent.tasks.set_user({ ...at(), ...ops, name: 'x'.repeat(17) }, context)).rejects.toThrow(
      'name: must be from 1 to 16 bytes long, and is 17',
    );
  });
});

describe('the LAN of a BMC', () => {
  const lan = {
    channel: 1,
    source: 'static',
    address: '192.0.2.21',
    netmask: '255.255.255.0',
    gateway: '192.0.2.1',
    vlan: 5,
  } as const;

  it('is set, and set again there is nothing to do', async () => {
    expect(await agent.tasks.set_lan({ ...at(), ...lan }, context)).toEqual({ changed: true });
    expect(await agent.tasks.set_lan({ ...at(), ...lan }, context)).toEqual({ changed: false });
    expect(await agent.tasks.set_lan({ ...at(), channel: 1, source: 'static', vlan: null }, context)).toEqual({
      changed: true,
    });
    expect(await agent.tasks.serial_over_lan({ ...at(), channel: 1 }, context)).toEqual({
      enabled: true,
      address: '192.0.2.21',
      port: 623,
      bit_rate: expect.any(String),
    });
  });

  it('has addresses that are some', async () => {
    await expect(agent.tasks.set_lan({ ...at(), ...lan, gateway: 'x' }, context)).rejects.toThrow(
      'gateway: must be an IPv4 address, and is "x"',
    );
    await expect(agent.tasks.set_lan({ ...at(), ...lan, source: 'dhcp' }, context)).rejects.toThrow(
      'source: what has its address by DHCP is given no address',
    );
  });
});

describe('declared settings of a BMC', () => {
  const users = [{ user_id: 4, name: 'watch', password: new Secret('pass4'), privilege: 'user' }] as const;
  const settings = { lan: { netmask: '255.255.254.0', vlan: 7 }, users };

  it('are compared, applied, and are as declared then', async () => {
    const order = { ...at(), settings };
    const { differences } = await agent.tasks.bmc_difference(order, context);
    expect(differences).toEqual([
      { kind: 'bmc', name: 'lan netmask', wanted: '255.255.254.0', found: expect.any(String), pending: null },
      { kind: 'bmc', name: 'lan vlan', wanted: 7, found: null, pending: null },
      { kind: 'bmc', name: 'user 4 name', wanted: 'watch', found: null, pending: null },
      { kind: 'bmc', name: 'user 4 privilege', wanted: 'user', found: null, pending: null },
    ]);
    expect(await agent.tasks.settings({ ...at(), bmc: settings }, context)).toEqual({ difference_list: differences });
    const changed = differences.map(({ name }) => name);
    expect(await agent.tasks.apply_bmc(order, context)).toEqual({ changed });
    expect(await agent.tasks.apply_bmc(order, context)).toEqual({ changed: [] });
    const other = { users: [{ ...users[0], password: new Secret('other') }] };
    expect(await agent.tasks.bmc_difference({ ...at(), settings: other }, context)).toEqual({
      differences: [
        { kind: 'bmc', name: 'user 4 password', wanted: 'that which is declared', found: 'another one', pending: null },
      ],
    });
    expect(await agent.tasks.bmc_difference({ ...at(), settings: {} }, context)).toEqual({ differences: [] });
  });
});
