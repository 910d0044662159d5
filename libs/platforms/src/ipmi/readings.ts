import type { ResultOf } from '#platform';
import type { Bmc } from './bmc.ts';
import type { IpmiContract } from './contract.ts';

type Reading = ResultOf<IpmiContract, 'sensors'>['sensors'][number];
type Entry = ResultOf<IpmiContract, 'event_log'>['entries'][number];

/** At most this many sensors are told. */
const MAX_SENSORS = 1000;

/** Every sensor with its reading. */
export async function sensors(bmc: Bmc): Promise<readonly Reading[]> {
  return readingsIn(await bmc.run(['-c', 'sdr', 'list', 'full'])).slice(0, MAX_SENSORS);
}

/** Reads lines such as `CPU Temp,42,degrees C,ok`. */
export const readingsIn = (output: string): readonly Reading[] =>
  linesOf(output).map(([name = '', value = '', unit = '', status = '']) => ({
    name,
    value: /^[-+]?\d+(?:\.\d+)?$/.test(value) ? Number(value) : null,
    unit,
    status,
  }));

/** The newest entries of the system event log, the oldest of them first. */
export async function eventLog(bmc: Bmc, count: number): Promise<readonly Entry[]> {
  return entriesIn(await bmc.run(['-c', 'sel', 'elist', 'last', String(count)])).slice(-count);
}

/** Reads lines such as `1,11/29/2026,21:40:01,Power Supply #0x51,Presence detected,Asserted`. */
export const entriesIn = (output: string): readonly Entry[] =>
  linesOf(output).map(([id = '', day = '', time = '', sensor = '', event = '', direction = '']) => ({
    id,
    at: [day, time].filter((part) => part !== '').join(' '),
    sensor,
    event,
    direction,
  }));

const linesOf = (output: string): readonly (readonly string[])[] =>
  output
    .split('\n')
    .filter((line) => line.includes(','))
    .map((line) => line.split(',').map((field) => field.trim()));
