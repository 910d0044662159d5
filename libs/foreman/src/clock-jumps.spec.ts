import { expect, it } from '@jest/globals';
import { ClockJumps } from './clock-jumps.ts';

it('a jump of a clock is noticed once, by how far it was set ahead', () => {
  let [clock, passed] = [1_000_000, 0];
  const wait = (milliseconds: number): void => {
    clock += milliseconds;
    passed += milliseconds;
  };
  const jumps = new ClockJumps(
    () => clock,
    () => passed,
  );
  wait(500_000);
  expect(jumps.look()).toBe(0);
  clock += 3_600_000;
  wait(10);
  expect([jumps.look(), jumps.look()]).toEqual([3_600_000, 0]);
  // One that runs a little fast, or is held back, does not jump.
  clock += 900;
  expect(jumps.look()).toBe(0);
  clock -= 900;
  wait(10);
  expect(jumps.look()).toBe(0);
});
