/**
 * From machines that are off to operating systems that run, and back: firmware, DHCP, TFTP, iPXE, the boot image, DNS and
 * management processors are those that others have made, or our own; only the hardware is emulated.
 */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { LabMachine, LabMachineOptions, TestDatabase } from '#testing';
import { canStartMachineLab, testDatabase } from '#testing';
import { hallFindings } from '../scripts/bench/bare-metal/hall-findings.ts';
import type { HallMachine } from '../scripts/bench/hall/hall-machine.ts';
import { machineParts } from '../scripts/bench/hall/hall-machine.ts';
import { hallRun } from '../scripts/bench/bare-metal/hall-run.ts';
import type { MachineHall } from '../scripts/bench/hall/machine-hall.ts';
import { startMachineHall } from '../scripts/bench/hall/machine-hall.ts';

jest.setTimeout(900_000);

/** `npm run bench -- bare-metal --machines 20` has as many as are wanted. */
const MACHINES = 3;
const MAX_MS = 720_000;
const MIB = 1_048_576;
const SECTOR = 512;
const isZero = (octet: number): boolean => octet === 0;
const UEFI: LabMachineOptions = {
  ...machineParts(40),
  serial: 'SN0002',
  memory: 512,
  uefi: true,
};

let database: TestDatabase;
let hall: MachineHall;
let first: HallMachine;

(canStartMachineLab ? describe : describe.skip)('machines of hardware (needs root)', () => {
  beforeAll(async () => {
    database = await testDatabase();
    hall = await startMachineHall(database.url);
  });
  afterAll(async () => {
    await hall.stop();
    await database.drop();
  });

  it('are surveyed and built, three at once, with the server killed meanwhile: each once', async () => {
    const said: string[] = [];
    const say = (line: string): void => void said.push(line);
    const { machines, kills } = await hallRun(hall, {
      count: MACHINES,
      atOnce: MACHINES,
      kills: 1,
      maxMs: MAX_MS,
      say,
    });
    expect({ said, findings: await hallFindings(hall, machines) }).toEqual({ said, findings: [] });
    expect([machines.length, kills]).toEqual([MACHINES, 1]);
    first = machines[0]!;
    expect(await hall.rest('GET', first.foundation)).toMatchObject({
      id_map: { disks: [{ serial: 'SN0001-0' }, { serial: 'SN0001-1' }], network: { eth0: { mac: first.mac } } },
    });
    const asked = (await hall.asked(first.mac)).map(({ text }) => text);
    expect(asked).toContain('http /pxe/disks/bootstrap.initrd served');
    // The system, and at the end of the disk what cloud-init is to make of it.
    const { machine } = first;
    const table = await machine.read(0, 446, 32);
    expect([table[4], table.readUInt32LE(8), table[16 + 4], table.readUInt32LE(16 + 12)]).toEqual([
      12, 2048, 12, 32_768,
    ]);
    const seed = (await machine.read(0, table.readUInt32LE(16 + 8) * SECTOR, 16 * MIB)).toString('latin1');
    for (const text of ['cidata', '#cloud-config\n', '"local-hostname":"web1"', `"macaddress":"${first.mac}"`]) {
      expect(seed).toContain(text);
    }
    for (const other of machines.slice(1)) await other.machine.stop();
  });

  describe('one by one', () => {
    let uefi: LabMachine;
    beforeAll(async () => {
      // It takes long until firmware like that has found its network: the others need not wait for it.
      uefi = await hall.lab.machine(UEFI);
      await hall.switchOn(UEFI.bmc);
    });

    it('are wiped when they are taken down, and refused in their place with a disk less, with the reason', async () => {
      const { machine, foundation, structure } = first;
      await hall.rest('POST', `${structure}/doDestroy`, {});
      await hall.reached(machine, async () => (await hall.stateOf(structure)) === 'planned');
      await hall.rest('POST', `${foundation}/doDestroy`, {});
      await hall.reached(machine, async () => (await hall.stateOf(foundation)) === 'planned');
      expect(await machine.bmc.power()).toBe(false);
      for (const disk of [0, 1]) expect((await machine.read(disk, 0, MIB)).every(isZero)).toBe(true);
      expect((await machine.read(0, 99 * MIB, MIB)).every(isZero)).toBe(true);
      expect((await machine.read(0, 2 * MIB, MIB)).every(isZero)).toBe(false);
      await machine.stop();

      const other = await hall.lab.machine({ ...machineParts(1), serial: 'SN0009', disks: [100] });
      await hall.rest('PATCH', `Utilities/RealNetworkInterface/${first.interfaceId}`, { pxe: 'bootstrap' });
      await hall.switchOn(first.bmc);
      const said = async () =>
        (await hall.listed('Survey/Cartographer')).map(({ message }) => String(message)).join('\n');
      await hall.reached(other, async () => (await said()).includes('not what its blueprint asks for'));
      expect(await said()).toContain('disks');
      expect(await hall.stateOf(foundation)).toBe('planned');
      await other.stop();
    });

    it('load iPXE over TFTP where their firmware is UEFI; somebody says what one becomes that nobody knows', async () => {
      const waiting = async () => await hall.listed('Survey/Cartographer?filter=waiting');
      await hall.reached(uefi, async () => JSON.stringify(await waiting()).includes('SN0002-1'));
      const [machine] = await waiting();
      expect(machine).toMatchObject({
        info_map: {
          hardware: { total_ram: 512, total_cpu_count: 1, dmi: { System: [{ 'Serial Number': 'SN0002' }] } },
          disks: [
            { name: 'vda', serial: 'SN0002-0', octets: 100 * MIB },
            { name: 'vdb', serial: 'SN0002-1' },
          ],
          network: { eth0: { mac: UEFI.mac, primary: true } },
          lldp: {},
        },
      });
      await hall.rest('POST', `Survey/Cartographer/${String(machine?.['identifier'])}/takeIn`, {
        locator: 'rack-{serial}',
        site: 'site1',
        blueprint: 'metal',
        plot: 'test',
        network: 1,
        values: { ipmi_username: 'lab/node2', ipmi_password: '_VAULT_', ipmi_ip_address: UEFI.bmc },
      });
      await hall.reached(uefi, async () => (await hall.stateOf('Building/Foundation/rack-SN0002')) === 'located');
      const asked = (await hall.asked(UEFI.mac)).map(({ text }) => text);
      expect(asked).toContain('tftp console.efi served');
    });
  });
});
