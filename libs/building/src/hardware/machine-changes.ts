import type { HardwareChange } from './hardware-changes.ts';

/** A machine as its platform tells of it. */
export interface FoundMachine {
  readonly name: string;
  /** `on`, `off`, or what the platform says in its own words. */
  readonly power: string;
  /** In the order of its interfaces, as `aa:bb:cc:dd:ee:ff`; null: its platform does not list them. */
  readonly macs: readonly string[] | null;
}

/** What a machine is to be: what was found when it was first looked at after the last job on it, or was accepted since. */
export type KnownMachine = Pick<FoundMachine, 'name' | 'power'>;

/** In what a machine differs from what is known of it, until that is over or accepted. */
export interface MachineDrift {
  /** Null: its host does not have it. */
  readonly found: FoundMachine | null;
  readonly changes: readonly HardwareChange[];
}

/** Whether a machine is called otherwise; platforms do not tell the names of those that they cannot read. */
const isRenamed = (known: string, found: string): boolean => known !== found && known !== '' && found !== '';

/** Whether a state of the power says something: in between, and for what platforms say in their own words, it does not. */
const isSettled = (power: string): boolean => power === 'on' || power === 'off';

/**
 * In what a machine that was found, or was not, differs from what is known of it.
 * @param id what its platform knows it by
 * @param macs those of the interfaces of its foundation, as far as they are known
 */
export function machineChanges(
  id: string,
  { known, macs }: { readonly known: KnownMachine | undefined; readonly macs: readonly string[] },
  found: FoundMachine | null,
): readonly HardwareChange[] {
  if (!found) return [{ part: 'machine', was: id, is: null }];
  const changes: HardwareChange[] = [];
  if (known && isRenamed(known.name, found.name)) changes.push({ part: 'name', was: known.name, is: found.name });
  if (known && known.power !== found.power && isSettled(known.power) && isSettled(found.power)) {
    changes.push({ part: 'power', was: known.power, is: found.power });
  }
  if (!found.macs) return changes;
  const here = found.macs;
  const missing = macs.filter((mac) => !here.includes(mac));
  if (missing.length === 0) return changes;
  // A machine may have more interfaces than its foundation: that alone is no change.
  const more = here.filter((mac) => !macs.includes(mac));
  return [
    ...changes,
    ...missing.map((mac) => ({ part: `macs[${mac}]`, was: mac, is: null })),
    ...more.map((mac) => ({ part: `macs[${mac}]`, was: null, is: mac })),
  ];
}
