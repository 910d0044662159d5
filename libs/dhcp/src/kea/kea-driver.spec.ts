import { beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '#kernel';
import { subnet } from '../../test/example-subnets.ts';
import type { SiteSubnet } from '../subnets/site-subnet.ts';
import { KeaDriver } from './kea-driver.ts';
import type { KeaMap } from './kea-json.ts';
import { KeaRefusal, KeaUnreachable } from './kea-socket.ts';
import type { Proof } from './prove-service.ts';
import { CannotAsk } from './prove-service.ts';

/** What Kea does, as far as it can be told: of a refused configuration it says that it is in force, and serves nobody. */
class SmallKea {
  pid = 1;
  /** Refuses these when they are tested, or only when they are set. */
  refusesToTest = '';
  refusesToSet = '';
  away = false;
  deaf = false;
  /** Whether all its addresses are in use, and why it cannot be asked for one. */
  full = false;
  unasked = '';
  serving = false;
  running: KeaMap = { Dhcp4: { loggers: [] } };
  configuredAt = 0;
  now = 100_000;
  readonly commands: string[] = [];

  ask = async (command: string, parameters: KeaMap = {}) => {
    if (this.away) throw new KeaUnreachable('kea.sock: nobody listens on the socket: Kea does not run');
    if (command !== 'status-get') this.commands.push(command);
    const text = JSON.stringify(parameters);
    switch (command) {
      case 'status-get':
        return { pid: this.pid, reload: Math.floor((this.now - this.configuredAt) / 1000) };
      case 'config-get':
        return this.running;
      case 'config-test':
        if (this.refusesToTest !== '' && text.includes(this.refusesToTest)) throw new KeaRefusal('it is wrong');
        return null;
      case 'config-set':
        this.serving = false;
        if (this.refusesToSet !== '' && text.includes(this.refusesToSet)) throw new KeaRefusal('it can not be set');
        this.running = parameters;
        return this.#configured();
      default:
        return this.#configured();
    }
  };

  proof(): Proof {
    if (this.unasked !== '') throw new CannotAsk(this.unasked);
    if (!this.serving || this.deaf) return 'silent';
    return this.full ? 'nothing free' : 'offers';
  }

  #configured(): null {
    this.serving = true;
    this.configuredAt = this.now;
    return null;
  }

  restart(): void {
    this.pid += 1;
    this.running = { Dhcp4: { loggers: [] } };
    this.serving = false;
    this.configuredAt = this.now;
  }
}

describe('the driver of Kea', () => {
  let kea: SmallKea;
  let driver: KeaDriver;
  const [one, two] = [[subnet({ name: 'one' })], [subnet({ name: 'two', subnet: '10.78.0.0/24' })]];
  const made = (good?: readonly SiteSubnet[]) =>
    new KeaDriver({
      ask: kea.ask,
      name: 'dhcp4',
      socket: '/run/kea.sock',
      render: (subnets, running) => ({ Dhcp4: { ...running, subnet4: subnets.map((its) => its.subnet) } }),
      prove: async () => kea.proof(),
      good,
      log: silentLogger,
      now: () => kea.now,
    });
  const set = () => (kea.running['Dhcp4'] as KeaMap)['subnet4'];
  beforeEach(() => {
    kea = new SmallKea();
    driver = made();
  });

  it('tests what is wanted, sets it once, and keeps the control socket', async () => {
    await driver.serve(one);
    await driver.serve(one);
    expect(kea.commands).toEqual(['config-get', 'config-test', 'config-set']);
    expect(kea.running['Dhcp4']).toEqual({
      'control-socket': { 'socket-type': 'unix', 'socket-name': '/run/kea.sock' },
      loggers: [],
      subnet4: ['10.77.0.0/24'],
    });
    expect(driver.state).toEqual({ serves: 'wanted', answers: true, fault: undefined });
    expect(driver.good).toBe(one);
  });

  it.each(['refusesToTest', 'refusesToSet'] as const)('goes back to what it served where Kea %s', async (when) => {
    await driver.serve(one);
    kea[when] = '10.78.0.0';
    await driver.serve(two);
    expect(set()).toEqual(['10.77.0.0/24']);
    expect(kea.serving).toBe(true);
    expect(driver.state).toMatchObject({ serves: 'former', answers: true });
    expect(driver.state.fault).toMatch(/^Kea refuses the configuration: it .*; it goes on with what it served before$/);

    // It is not tried again at once; after a while it is.
    const before = kea.commands.length;
    await driver.serve(two);
    expect(kea.commands).toHaveLength(before);
    kea[when] = '';
    kea.now += 6000;
    await driver.serve(two);
    expect(set()).toEqual(['10.78.0.0/24']);
    expect(driver.state).toEqual({ serves: 'wanted', answers: true, fault: undefined });
  });

  it('has Kea read its own file where nothing was served before', async () => {
    kea.refusesToSet = '10.78.0.0';
    await driver.serve(two);
    expect(kea.commands.at(-1)).toBe('config-reload');
    expect(driver.state).toMatchObject({ serves: 'nothing', fault: expect.stringContaining('its own file') });
  });

  it('goes back to what was kept from before it was started', async () => {
    driver = made(one);
    kea.refusesToSet = '10.78.0.0';
    await driver.serve(two);
    expect(set()).toEqual(['10.77.0.0/24']);
  });

  it('does not take an accepted configuration for one that is served', async () => {
    await driver.serve(one);
    kea.deaf = true;
    await driver.serve(two);
    expect(driver.state).toMatchObject({ serves: 'former', answers: false });
    expect(driver.state.fault).toContain('it offers nobody a lease');
    kea.deaf = false;
    kea.now += 6000;
    await driver.serve(two);
    expect(driver.state).toEqual({ serves: 'wanted', answers: true, fault: undefined });
  });

  it('says that Kea offers nobody a lease where it never has, and looks again', async () => {
    kea.deaf = true;
    await driver.serve(one);
    expect(driver.state).toEqual({ serves: 'wanted', answers: false, fault: 'it offers nobody a lease' });
    expect(driver.good).toBeUndefined();
    kea.deaf = false;
    await driver.serve(one);
    expect(driver.state).toEqual({ serves: 'wanted', answers: true, fault: undefined });
    expect(driver.good).toBe(one);
  });

  it('keeps what is set where nobody asked for has a free address, and says so', async () => {
    await driver.serve(one);
    kea.full = true;
    await driver.serve(two);
    expect(set()).toEqual(['10.78.0.0/24']);
    const fault = 'it has no free address for anybody it was asked for';
    expect(driver.state).toEqual({ serves: 'wanted', answers: undefined, fault });
    expect(driver.good).toBe(two);
    kea.full = false;
    await driver.serve(two);
    expect(driver.state.fault).toBe(fault);
    kea.now += 40_000;
    await driver.serve(two);
    expect(driver.state).toEqual({ serves: 'wanted', answers: true, fault: undefined });
  });

  it('goes back to what it served where it hears nobody any more, also after it had nothing free', async () => {
    await driver.serve(one);
    kea.full = true;
    kea.now += 600_000;
    await driver.serve(one);
    kea.deaf = true;
    await driver.serve(two);
    expect(driver.state).toMatchObject({ serves: 'former', answers: false });
  });

  it('counts what is set as served where it cannot be asked, says why, and asks later', async () => {
    kea.unasked = 'a lease cannot be asked for: send EPERM';
    await driver.serve(one);
    expect(driver.state).toEqual({ serves: 'wanted', answers: undefined, fault: kea.unasked });
    expect(driver.good).toBe(one);
    kea.unasked = '';
    kea.now += 40_000;
    await driver.serve(one);
    expect(driver.state).toEqual({ serves: 'wanted', answers: true, fault: undefined });
  });

  it('tells Kea everything again where it goes deaf, and says so', async () => {
    await driver.serve(one);
    const before = kea.commands.length;
    kea.deaf = true;
    await driver.serve(one);
    expect(driver.state.answers).toBe(true);
    kea.now += 600_000;
    await driver.serve(one);
    expect(kea.commands.slice(before)).toContain('config-set');
    expect(driver.state).toEqual({ serves: 'wanted', answers: false, fault: 'it offers nobody a lease' });
    kea.deaf = false;
    await driver.serve(one);
    expect(driver.state.answers).toBe(true);
  });

  it('sets it again where Kea has read its own file just after it was told', async () => {
    await driver.serve(one);
    kea.now += 1000;
    kea.running = { Dhcp4: { loggers: [] } };
    kea.configuredAt = kea.now;
    await driver.serve(one);
    expect(set()).toBeUndefined();
    kea.now += 10_000;
    await driver.serve(one);
    expect(set()).toEqual(['10.77.0.0/24']);
    const before = kea.commands.length;
    kea.now += 10_000;
    await driver.serve(one);
    kea.now += 10_000;
    await driver.serve(one);
    expect(kea.commands.slice(before)).toEqual(['config-get']);
  });

  it('sets it again where Kea was started again, or has read its own file', async () => {
    await driver.serve(one);
    kea.restart();
    await driver.serve(one);
    expect(set()).toEqual(['10.77.0.0/24']);
    kea.now += 60_000;
    kea.running = { Dhcp4: { loggers: [], 'interfaces-config': { interfaces: ['eth2'] } } };
    kea.configuredAt = kea.now;
    await driver.serve(one);
    expect(kea.running['Dhcp4']).toMatchObject({ 'interfaces-config': { interfaces: ['eth2'] } });
    expect(set()).toEqual(['10.77.0.0/24']);
  });

  it('says that Kea is away, and goes on once it is there', async () => {
    await driver.serve(one);
    kea.away = true;
    await expect(driver.serve(one)).rejects.toThrow(KeaUnreachable);
    expect(driver.state).toMatchObject({ serves: 'nothing', fault: expect.stringContaining('Kea does not run') });
    kea.away = false;
    await driver.serve(one);
    expect(driver.state.serves).toBe('wanted');
  });
});
