import type { JsonMap } from '#kernel';
import type { Fields, ServerValues } from './shape.ts';
import { faultOf, list, nullable, record, taken, text } from './shape.ts';

/** The name of the task that every platform has whose machines are looked for. */
export const LIST_TASK = 'list';

/** How long listing the machines of a host may take, in milliseconds. */
export const LIST_MS = 120_000;

/** The most machines of one host that are looked at: an agent reports 1 MiB at most. */
export const MAX_LISTED = 4000;

const result = {
  machine_list: list(
    record({
      /** What the platform knows it by, as the foundation keeps it. */
      id: text(),
      name: text(),
      /** `on`, `off`, `template`, or what the platform says in its own words. */
      power: text(),
      /** In the order of its interfaces; null: the platform does not list them. */
      macs: nullable(list(text())),
      /** Id of the task that made it; null: it carries no mark of one. */
      task: nullable(text()),
    }),
  ),
};

/** A machine as its platform lists it. */
export type ListedMachine = ServerValues<typeof result>['machine_list'][number];

/**
 * The task that lists the machines that a host has, whoever made them, by one call where the platform has such a call.
 * @param its how the host is reached
 */
export const listTask = <const I extends Fields>(its: I) => ({
  repeat: 'safe' as const,
  maxMs: LIST_MS,
  parameters: {
    ...its,
    /** Ids of machines whose MACs are to be told even where that takes a call for each. */
    macs_of: list(text()),
  },
  result,
});

/** The machines that an agent has listed. @throws Error where that is no such list, or too long */
export function listedMachines(answer: JsonMap): readonly ListedMachine[] {
  const fault = faultOf(result, answer);
  if (fault !== undefined) throw new Error(`what the agent lists is not what it has to be: ${fault}`);
  const { machine_list: machines } = taken(result, answer) as ServerValues<typeof result>;
  if (machines.length <= MAX_LISTED) return machines;
  throw new Error(`the host has ${machines.length} machines, and at most ${MAX_LISTED} are looked at`);
}
