import { type Machine, isRunning } from './machine.ts';
import type { Program } from './program.ts';

/** The calls of modules that stand behind the place of a machine, as `module.function`, each as often as it is written. */
export function callsAhead(machine: Machine, program: Program): string[] {
  if (!isRunning(machine)) return [];
  return program.code
    .slice(machine.pc + 1)
    .flatMap((step) => (step[0] === 'call' && step[1] !== null ? [`${step[1]}.${step[2]}`] : []));
}
