import type { HallMachine } from '../hall/hall-machine.ts';
import type { MachineHall } from '../hall/machine-hall.ts';

/** A machine is started by a hand, and by a job each time something is to be booted. */
const STARTS = 3;

/** What is not as it should be with machines that were built once: a line each. */
export async function hallFindings(hall: MachineHall, machines: readonly HallMachine[]): Promise<readonly string[]> {
  const findings: string[] = [];
  const wanted = (what: string, is: unknown, should: unknown): void => {
    const [found, right] = [JSON.stringify(is), JSON.stringify(should)];
    if (found !== right) findings.push(`${what}: ${found}, and not ${right}`);
  };
  const log = await hall.listed('Foreman/JobLog?count=200');
  const jobsOn = (kind: string, id: string) =>
    log
      .filter((one) => one['target_class'] === kind && one['target_id'] === id)
      .map((one) => [one['script_name'], one['finished_at'] !== null, one['canceled_at']]);
  const addresses = await hall.listed('Utilities/Address?count=200');
  for (const kind of ['FoundationJob', 'StructureJob']) {
    wanted(`${kind}s that are left`, (await hall.listed(`Foreman/${kind}`)).length, 0);
  }
  for (const one of machines) {
    const { name, hostname, mac, machine } = one;
    wanted(`${name}, started`, await machine.bmc.starts(), STARTS);
    wanted(
      `${name}, states`,
      [await hall.stateOf(one.foundation), await hall.stateOf(one.structure)],
      ['built', 'built'],
    );
    wanted(`${name}, jobs`, jobsOn('Foundation', name), [['create', true, null]]);
    wanted(`${hostname}, jobs`, jobsOn('Structure', one.structure.split('/').at(-1) ?? ''), [['create', true, null]]);
    const asked = (await hall.asked(mac)).map(({ text }) => text);
    for (const pxe of ['bootstrap', 'linux-installer', 'normal-boot']) {
      const times = asked.filter((text) => text === `document boot_script served PXE ${pxe}`).length;
      wanted(`${name}, boot scripts of ${pxe}`, times, 1);
    }
    const runs = (await machine.console()).split(`the system runs as ${hostname}.lab.test`).length - 1;
    wanted(`${hostname}, starts`, runs, 1);
    wanted(`${hostname}, in DNS`, await hall.resolved(`${hostname}.lab.test`), one.address);
    const leases = await hall.listed(`SubContractor/DHCPLease?filter=mac&mac=${mac}`);
    wanted(
      `${name}, leases`,
      leases.map((lease) => lease['ip_address']),
      [one.address],
    );
    const own = addresses.filter((address) => address['ip_address'] === one.address);
    wanted(`${hostname}, addresses`, own.length, 1);
  }
  return findings;
}
