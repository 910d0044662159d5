import { describe, expect, it } from '@jest/globals';
import { assert, bigInt, property } from 'fast-check';
import type { Clock } from './clock.ts';
import { microsOf, systemClock } from './clock.ts';

const NOON = Date.parse('2026-05-01T12:00:00.000Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A machine whose clock can be set, while time passes all the same. */
class Machine {
  wall: number;
  #passed = 0;

  constructor(wall = NOON) {
    this.wall = wall;
  }

  clock(): Clock {
    return systemClock({ wall: () => this.wall, monotonic: () => this.#passed });
  }

  /** Lets milliseconds pass. */
  pass(milliseconds: number): void {
    this.wall += milliseconds;
    this.#passed += milliseconds;
  }

  /** Sets the clock. */
  set(by: number): void {
    this.wall += by;
  }
}

const at = (text: string): string => `2026-05-01T${text}+00:00`;

describe('the clock', () => {
  it('tells the time of the machine, in ISO 8601 with microseconds', () => {
    expect(new Machine().clock().now()).toBe(at('12:00:00.000000'));
    expect(new Machine(NOON + 0.25).clock().now()).toBe(at('12:00:00.000250'));
    expect(new Machine().clock().millis()).toBe(NOON);
  });

  it('never tells the same moment twice, and goes on with the machine', () => {
    const machine = new Machine();
    const clock = machine.clock();
    const told = [clock.now(), clock.now(), clock.now()];
    machine.pass(1);
    expect([...told, clock.now()]).toEqual([
      at('12:00:00.000000'),
      at('12:00:00.000001'),
      at('12:00:00.000002'),
      at('12:00:00.001000'),
    ]);
  });

  it('jumps with a machine that is set forward', () => {
    const machine = new Machine();
    const clock = machine.clock();
    clock.now();
    machine.set(HOUR);
    expect(clock.now()).toBe(at('13:00:00.000000'));
  });

  describe('on a machine that is set back', () => {
    it.each([HOUR, 400 * DAY])('by %d ms goes on all the same, at nine tenths of its pace', (back) => {
      const machine = new Machine();
      const clock = machine.clock();
      clock.now();
      machine.set(-back);
      expect(clock.now()).toBe(at('12:00:00.000001'));
      machine.pass(10_000);
      expect(clock.now()).toBe(at('12:00:09.000001'));
      expect(clock.millis()).toBe(NOON + 9000);
    });

    it('meets it again after ten times as long', () => {
      const machine = new Machine();
      const clock = machine.clock();
      clock.now();
      machine.set(-HOUR);
      for (let minutes = 0; minutes < 600; minutes += 1) {
        machine.pass(60_000);
        expect(clock.millis()).toBeGreaterThanOrEqual(machine.wall);
      }
      expect(clock.millis()).toBe(machine.wall);
      machine.pass(1000);
      expect(clock.millis()).toBe(machine.wall);
    });

    it('is not slowed further by those who ask often', () => {
      const machine = new Machine();
      const clock = machine.clock();
      clock.now();
      machine.set(-HOUR);
      for (let times = 0; times < 10_000; times += 1) {
        machine.pass(0.0007);
        clock.millis();
      }
      expect(microsOf(clock.now())).toBeGreaterThan(BigInt(NOON) * 1000n + 6290n);
    });

    it('goes on with it as soon as it is set right', () => {
      const machine = new Machine();
      const clock = machine.clock();
      clock.now();
      machine.set(-HOUR);
      machine.pass(8000);
      machine.set(HOUR);
      expect(clock.now()).toBe(at('12:00:08.000000'));
    });
  });

  it.each([
    ['earlier than it shows', at('11:59:59.999999'), at('12:00:00.000000')],
    ['the moment it shows', at('12:00:00.000000'), at('12:00:00.000001')],
    ['later, as another server told it', at('13:00:00.000999'), at('13:00:00.001000')],
  ])('is later than a moment %s', (_, notBefore, told) => {
    expect(new Machine().clock().now(notBefore)).toBe(told);
  });

  it('follows what others have recorded, up to a day ahead', () => {
    const clock = new Machine().clock();
    clock.observe(at('12:30:00.000000'));
    expect([clock.now(), clock.millis()]).toEqual([at('12:30:00.000001'), NOON + HOUR / 2]);
    clock.observe(at('11:00:00.000000'));
    expect(clock.now()).toBe(at('12:30:00.000002'));
    const wrong = '2027-05-01T12:00:00.000000+00:00';
    clock.observe(wrong);
    expect(clock.now()).toBe(at('12:30:00.000003'));
  });

  it('is later than what stands in a stream from a clock that was wrong by far, for that stream only', () => {
    const clock = new Machine().clock();
    expect(clock.now('2027-05-01T12:00:00.000000+00:00')).toBe('2027-05-01T12:00:00.000001+00:00');
    expect(clock.now()).toBe(at('12:00:00.000001'));
  });

  it('tells times that sort as texts as they follow each other, and can be read back', () => {
    const moments = bigInt({ min: 0n, max: 253_402_300_799_000_000n });
    const told = (micros: bigint) => new Machine(0).clock().now(isoOf(micros));
    assert(
      property(moments, moments, (one, other) => {
        expect(microsOf(told(one))).toBe(one + 1n);
        expect(told(one) < told(other)).toBe(one < other);
      }),
    );
  });
});

const isoOf = (micros: bigint): string =>
  `${new Date(Number(micros / 1000n)).toISOString().slice(0, 23)}${String(micros % 1000n).padStart(3, '0')}+00:00`;
