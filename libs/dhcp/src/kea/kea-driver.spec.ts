import { beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '#kernel';
import { subnet } from '../../test/example-subnets.ts';
import type { SiteSubnet } from '../subnets/site-subnet.ts';
import { KeaDriver } from './kea-driver.ts';
import type { KeaMap } from './kea-json.ts';
import { KeaRefusal, KeaUnreachable } from './kea-socket.ts';

/** What Kea does, as far as it can be told: of a refused configuration it says that it is in force, and serves nobody. */
class SmallKea {
  pid = 1;
  /** Refuses these when they are tested, or only when they are set. */
  refusesToTest = '';
  refusesToSet = '';
  away = false;
  deaf = false;
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
      prove: async () => kea.serving && !kea.deaf,
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
