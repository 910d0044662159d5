import { execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './contractor.ts';
import type { TestNetwork } from './test-network.ts';
import { until } from './until.ts';

const run = promisify(execFile);

/** A BMC of a test's own, and the machine it belongs to: a file that says `0` or `1`, unless a program is that. */
export interface IpmiSim {
  /** Of UDP. */
  readonly port: number;
  /** Whether the machine is on. */
  power(): Promise<boolean>;
  /** Switches the machine as somebody who stands before it. */
  press(on: boolean): Promise<void>;
  /** What the BMC did with the machine, in its order: `power 1`, `shutdown 1`, `boot pxe`. */
  effects(): Promise<readonly string[]>;
  /** How often the machine was started, by whomever: one that is on already is not. */
  starts(): Promise<number>;
  /** Whether the operating system shuts down when it is asked to. */
  deaf(deaf: boolean): Promise<void>;
  /** Whether the BMC refuses to ask the operating system. */
  refuses(refuses: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** Where a BMC is, and what it switches. */
export interface IpmiSimOptions {
  /** Where it runs, and the address it has there, at the usual port; on loopback unless said. */
  readonly network?: TestNetwork;
  readonly address?: string;
  /** Lines of a shell that become the machine when it is switched on. */
  readonly machine?: string;
}

/** What the BMC calls: `get power`, or `set power 1`. */
const CHASSIS = `#!/bin/sh
cd "$(dirname "$0")"
shift
operation=$1
shift
alive() { read -r pid 2>/dev/null < pid && kill -0 "$pid" 2>/dev/null && grep -qs '^State:.[^Z]' "/proc/$pid/status"; }
switch() {
  if [ ! -e machine ]; then
    echo "$1" > power
  elif [ "$1" = 0 ]; then
    alive && kill "$pid"
    while alive; do sleep 0.05; done
  elif ! alive; then
    echo start >> starts
    setsid sh ./watched ./machine < /dev/null >> output 2>&1 &
    echo $! > pid
  fi
}
is_on() {
  if [ ! -e machine ]; then cat power; elif alive; then echo 1; else echo 0; fi
}
while [ $# -gt 0 ]; do
  name=$1
  shift
  case $operation in
    get)
      case $name in
        power) echo "power:$(is_on)" ;;
        boot) echo "boot:$(cat boot)" ;;
        *) echo "$name:0" ;;
      esac
      ;;
    set)
      [ "$name" = shutdown ] && [ -e refuses ] && exit 1
      echo "$name $1" >> effects
      case $name in
        power) switch "$1" ;;
        boot) echo "$1" > boot ;;
        shutdown) [ -e deaf ] || switch 0 ;;
      esac
      shift
      ;;
    is) is_on ;;
    press) switch "$name" ;;
  esac
done
`;

/** Becomes a machine that ends where its test is not there any more: the other end of descriptor 3 is closed then. */
const WATCHED = `
  setpriv --pdeathsig KILL sh -c 'read -r _ <&3; kill -KILL $PPID' &
  exec sh "$1" 3<&-
`;

/** A temperature sensor `CPU Temp` that reads 42, and two entries of the event log. */
const EMULATION = `mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
sel_enable 0x20 1000 0x0a
sel_add 0x20 0x02 0x10 0x20 0x30 0x40 0x20 0x00 0x04 0x01 0x01 0x01 0x57 0x00 0x00
sel_add 0x20 0x02 0x11 0x20 0x30 0x40 0x20 0x00 0x04 0x01 0x01 0x81 0x57 0x00 0x00
sensor_add 0x20 0 1 1 1
sensor_set_value 0x20 0 1 42 0
sensor_set_event_support 0x20 0 1 enable scanning per-state 000000000000000 000000000000000 000000000000000 000000000000000
main_sdr_add 0x20 0x00 0x00 0x51 0x01 0x33 0x20 0x00 0x01 0x03 0x01 0x7f 0x68 0x01 0x01 0x00 0x00 0x00 0x00 0x3f 0x3f 0x00 0x01 0x00 0x00 0x01 0x00 0x00 0x00 0x00 0x00 0x00 0x00 0x00 0x00 0xff 0x00 0x00 0x00 0x00 0x00 0x00 0x00 0x00 0x00 0x00 0x00 0x00 0xc8 0x43 0x50 0x55 0x20 0x54 0x65 0x6d 0x70
mc_enable 0x20
`;

const IPMI_PORT = 623;

/** A presence ping of ASF. */
const PING = Buffer.from('0600ff06000011be80000000', 'hex');

/**
 * Starts OpenIPMI's BMC and resolves once it answers. Its user `admin` has the password `secret`; the machine is off.
 * It takes cipher suites up to 3, forgets whether a boot device counts from now on or for UEFI, and holds every password for
 * right that it is asked to test. Needs the program `ipmi_sim`.
 */
export async function startIpmiSim({ network, address = '127.0.0.1', machine }: IpmiSimOptions = {}): Promise<IpmiSim> {
  const folder = await mkdtemp(path.join(tmpdir(), 'contractor-ipmi-'));
  const file = (name: string) => path.join(folder, name);
  const port = network ? IPMI_PORT : await freePort();
  const chassis = (...words: readonly string[]) => run(file('chassis'), ['bmc1', ...words]);
  await writeFile(file('chassis'), CHASSIS, { mode: 0o755 });
  await writeFile(file('watched'), WATCHED);
  if (machine !== undefined) await writeFile(file('machine'), machine);
  await writeFile(file('power'), '0\n');
  await writeFile(file('boot'), 'none\n');
  await writeFile(file('effects'), '');
  await writeFile(file('starts'), '');
  await writeFile(file('bmc.emu'), EMULATION);
  await writeFile(
    file('lan.conf'),
    `name "bmc1"
set_working_mc 0x20
  startlan 1
    addr ${address} ${port}
    priv_limit admin
    allowed_auths_callback none md2 md5 straight
    allowed_auths_user none md2 md5 straight
    allowed_auths_operator none md2 md5 straight
    allowed_auths_admin none md2 md5 straight
    guid a123456789abcdefa123456789abcdef
  endlan
  sol "tcp:127.0.0.1:9" 115200
  chassis_control "${file('chassis')} bmc1"
  user 1 true "" "test" user 10 none md2 md5 straight
  user 2 true "admin" "secret" admin 10 none md2 md5 straight
`,
  );
  const words = [...(network?.within ?? []), 'setpriv', '--pdeathsig', 'KILL', 'ipmi_sim'];
  const [program, ...rest] = [...words, '-n', '-c', file('lan.conf'), '-f', file('bmc.emu'), '-s', folder];
  const child = spawn(program, rest, {
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const failed = once(child, 'error').then(([error]) => Promise.reject(error as Error));
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    if (machine !== undefined) await chassis('press', '0');
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await Promise.race([failed, network ? answersIn(network, address) : answers(port)]);
  } catch (error) {
    await stop();
    throw error;
  }
  failed.catch(() => undefined);
  const mark = (name: string, is: boolean) => (is ? writeFile(file(name), '') : rm(file(name), { force: true }));
  const text = async (name: string) => (await readFile(file(name), 'utf8')).trim();
  const lines = async (name: string) => (await text(name)).split('\n').filter((line) => line !== '');
  return {
    port,
    power: async () => (await chassis('is', 'power')).stdout === '1\n',
    press: async (on) => void (await chassis('press', on ? '1' : '0')),
    effects: () => lines('effects'),
    starts: async () => (await lines('starts')).length,
    deaf: (deaf) => mark('deaf', deaf),
    refuses: (refuses) => mark('refuses', refuses),
    stop,
  };
}

async function answersIn(network: TestNetwork, address: string): Promise<void> {
  const ask = ['-I', 'lanplus', '-C', '3', '-N', '1', '-R', '1', '-H', address, '-U', 'admin', '-P', 'secret'];
  const asked = () =>
    network.run('ipmitool', ...ask, 'chassis', 'power', 'status').then(
      () => true,
      () => false,
    );
  await until(asked, 30_000);
}

async function answers(port: number): Promise<void> {
  const socket = createSocket('udp4');
  let answered = false;
  socket.on('message', () => (answered = true));
  // Nobody may listen there yet.
  socket.on('error', () => undefined);
  try {
    await until(() => {
      socket.send(PING, port, '127.0.0.1');
      return answered;
    }, 30_000);
  } finally {
    socket.close();
  }
}
