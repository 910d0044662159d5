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

  it('is told as it is seen, where the BMC refuses to ask the operating system', async () => {
    await bmc.press(true);
    await bmc.refuses(true);
    const asked = (await bmc.effects()).length;
    expect(await agent.tasks.set_power({ ...at(), state: 'shutdown' }, context)).toEqual({ state: 'on' });
    expect(await agent.tasks.set_power({ ...at(), state: 'off' }, context)).toEqual({ state: 'off' });
    expect((await bmc.effects()).slice(asked)).toEqual(['power 0']);
    await bmc.refuses(false);
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

  it('that opens no session says nothing of a password', async () => {
    relay.pass((answer) => answer[4] !== 6);
    const hanging = await Bmc.of(connectionWith(relay.port), context, { repeats: 1, retryMs: 10 });
    const login = { username: 'admin', password: new Secret('secret') };
    await expect(hanging.letsIn(login, 'USER')).rejects.toThrow('opens no session: it is overloaded, or hangs');
    relay.pass(() => true);
    expect(await hanging.letsIn(login, 'USER')).toBe(true);
    expect(await hanging.letsIn({ ...login, password: new Secret('other') }, 'USER')).toBe(false);
    await expect(hanging.letsIn({ ...login, username: 'nobody' }, 'USER')).rejects.toThrow(
      'does not let "nobody" in: it has no such user',
    );
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

it('a list that breaks off is read again', async () => {
  let sent = 0;
  relay.pass((answer) => {
    // The pong of a ping comes before each session; this is where the records of sensors are read.
    if (answer[3] === 6) sent += sent === 0 ? 1 : 100;
    else sent += 1;
    return sent <= 14 || sent > 100;
  });
  expect(await agent.tasks.sensors({ connection: connectionWith(relay.port) }, context)).toMatchObject({
    sensors: [{ name: 'CPU Temp', value: 42 }],
  });
  expect(sent).toBeGreaterThan(100);
  relay.pass(() => true);
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

  it('who speaks to the BMC goes on with his new password', async () => {
    const chief = { channel: 1, user_id: 6, name: 'chief', privilege: 'administrator' } as const;
    const made = { ...chief, password: new Secret('first') };
    expect(await agent.tasks.set_user({ ...at(), ...made }, context)).toEqual({ changed: true });
    const own = { connection: connectionWith(bmc.port, 'first', 'chief') };
    const users = [
      { user_id: 6, name: 'boss', password: new Secret('second') },
      { user_id: 7, name: 'other', password: new Secret('third'), privilege: 'user' },
    ] as const;
    expect(await agent.tasks.apply_bmc({ ...own, settings: { users } }, context)).toEqual({
      changed: ['user 6 name', 'user 7 name', 'user 7 privilege'],
    });
    const connection = connectionWith(bmc.port, 'second', 'boss');
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

  it('is untagged where the BMC keeps the number of its VLAN, and does not use it', async () => {
    const raw = await Bmc.of(connectionWith(bmc.port), context);
    await raw.raw([0x0c, 0x01, 1, 20, 30, 0]);
    const untagged = { channel: 1, source: 'static', vlan: null } as const;
    expect(await agent.tasks.set_lan({ ...at(), ...untagged }, context)).toEqual({ changed: false });
    expect(await agent.tasks.bmc_difference({ ...at(), settings: { lan: { vlan: null } } }, context)).toEqual({
      differences: [],
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

  it('leave as it is what they do not say', async () => {
    const raw = await Bmc.of(connectionWith(bmc.port), context);
    await agent.tasks.set_lan({ ...at(), channel: 1, source: 'dhcp' }, context);
    expect(await agent.tasks.apply_bmc({ ...at(), settings: { lan: { vlan: 9 } } }, context)).toEqual({
      changed: ['lan vlan'],
    });
    expect(await agent.tasks.apply_bmc({ ...at(), settings: { lan: {} } }, context)).toEqual({ changed: [] });
    expect(await raw.raw([0x0c, 0x02, 1, 4, 0, 0])).toEqual(Buffer.from([0x11, 2]));
    await expect(
      agent.tasks.apply_bmc({ ...at(), settings: { lan: { netmask: '255.255.0.0' } } }, context),
    ).rejects.toThrow(
      'source: the BMC has its address by DHCP, and keeps none that it is given: say "static" for that',
    );
    await agent.tasks.set_lan({ ...at(), channel: 1, source: 'static' }, context);
    const renamed = { users: [{ user_id: 4, name: 'guard' }] };
    expect(await agent.tasks.apply_bmc({ ...at(), settings: renamed }, context)).toEqual({ changed: ['user 4 name'] });
    expect((await raw.raw([0x06, 0x44, 1, 4]))[3]).toBe(0x12);
    expect(await raw.letsIn({ username: 'guard', password: new Secret('pass4') }, 'USER')).toBe(true);
  });

  it('let in who has a name and a privilege as declared, and has never had a password', async () => {
    const raw = await Bmc.of(connectionWith(bmc.port), context);
    await raw.raw([0x06, 0x45, 9, ...Buffer.from('fresh'.padEnd(16, '\0'))]);
    await raw.raw([0x06, 0x43, 0x80 | 0x10 | 1, 9, 2, 0]);
    const users = [{ user_id: 9, name: 'fresh', password: new Secret('pass9'), privilege: 'user' }] as const;
    const changed = ['user 9 password'];
    expect(await agent.tasks.apply_bmc({ ...at(), settings: { users } }, context)).toEqual({ changed });
    expect(await raw.letsIn({ username: 'fresh', password: new Secret('pass9') }, 'USER')).toBe(true);
  });

  it('let nobody in whose password they do not say, and set none where he is not let in', async () => {
    const apply = (user: object) =>
      agent.tasks.apply_bmc({ ...at(), settings: { users: [{ user_id: 8, name: 'open', ...user }] } }, context);
    await expect(apply({ privilege: 'user' })).rejects.toThrow(
      'password: user 8 may not log in, and is not let in without a password that is said',
    );
    await expect(apply({ password: new Secret('pass8') })).rejects.toThrow(
      'privilege: user 8 may not log in, and his password cannot be tried: his privilege has to be said',
    );
    const raw = await Bmc.of(connectionWith(bmc.port), context);
    expect((await raw.raw([0x06, 0x44, 1, 8]))[3]).toBe(0);
  });
});
