import type { ResultOf } from '#platform';
import type { Bmc } from './bmc.ts';
import type { IpmiContract } from './contract.ts';

type Reading = ResultOf<IpmiContract, 'sensors'>['sensors'][number];
type Entry = ResultOf<IpmiContract, 'event_log'>['entries'][number];

/** At most this many sensors are told. */
const MAX_SENSORS = 1000;

/** The sensors that the BMC has full records of, which are those with readings; not its compact records. */
export async function sensors(bmc: Bmc): Promise<readonly Reading[]> {
  return readingsIn(await bmc.run(['-c', 'sdr', 'list', 'full'], { whole: true })).slice(0, MAX_SENSORS);
}

/**
 * Reads lines such as `CPU Temp,42,degrees C,ok`; those of sensors of states alone begin with their number, have no unit, and
 * end with their place and their states: `PSU1,51h,ok,10.1,Presence detected`.
 */
export const readingsIn = (output: string): readonly Reading[] =>
  linesOf(output).map(([name = '', value = '', ...rest]) => {
    if (/^[0-9a-f]{2}h$/i.test(value)) return { name, value: null, unit: '', status: rest[0] ?? '' };
    const [unit = '', status = ''] = rest;
    return { name, value: /^[-+]?\d+(?:\.\d+)?$/.test(value) ? Number(value) : null, unit, status };
  });

/** The newest entries of the system event log, the oldest of them first. */
export async function eventLog(bmc: Bmc, count: number): Promise<readonly Entry[]> {
  return entriesIn(await bmc.run(['-c', 'sel', 'elist', 'last', String(count)], { whole: true })).slice(-count);
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
