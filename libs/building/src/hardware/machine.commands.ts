import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import type { Key, ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import type { MachineReport } from '../foundation.ts';
import { foundation } from '../foundation.ts';
import { foundationInterfaces } from '../interface/foundation-interfaces.ts';
import { setMacs } from '../interface/set-macs.ts';

/** Takes what a platform tells of the machines of foundations, by locator. What is no affair of one is passed over. */
export class ReportMachines extends NamedCommand {
  constructor(readonly reports: readonly (MachineReport & { readonly locator: string })[]) {
    super();
  }
}

/** What the machine of a foundation is at its host is what it is to be from now on. */
export class AcceptMachine extends NamedCommand {
  constructor(readonly key: Key) {
    super();
  }
}

@CommandHandler(ReportMachines)
class ReportMachinesHandler extends UnitOfWorkHandler<ReportMachines> {
  async decide(work: UnitOfWork, { reports }: ReportMachines) {
    for (const { locator, ...data } of reports) {
      // One that was deleted meanwhile has no machine that anybody asks for.
      await work.attempt(foundation, locator, { type: 'ReportMachine', data });
    }
  }
}

@CommandHandler(AcceptMachine)
class AcceptMachineHandler extends UnitOfWorkHandler<AcceptMachine> {
  constructor(@Inject(READ_STORE) private readonly reads: ReadStore) {
    super();
  }

  async decide(work: UnitOfWork, { key: locator }: AcceptMachine) {
    const state = await work.load(foundation, locator);
    const drift = state.stage === 'active' ? state.value.machineDrift : undefined;
    await work.decide(foundation, locator, { type: 'AcceptMachine', data: {} });
    work.throwIfFaulted();
    const macs = drift?.changes.some(({ part }) => part.startsWith('macs[')) ? drift.found?.macs : undefined;
    if (macs) await this.#takeMacs(work, String(locator), macs);
  }

  /** The first interface of a machine is the first of its foundation by physical location, and so on. */
  async #takeMacs(work: UnitOfWork, locator: string, macs: readonly string[]): Promise<void> {
    const locations = [...(await work.load(foundationInterfaces, locator)).values()]
      .map(({ physicalLocation }) => physicalLocation)
      .toSorted();
    if (macs.length < locations.length) {
      const text = `its machine has ${macs.length} interfaces, and the foundation has ${locations.length}`;
      work.fault('', 'INTERFACES', `${text}: delete those that are gone`);
      work.throwIfFaulted();
    }
    await setMacs(
      work,
      this.reads.now,
      locator,
      Object.fromEntries(locations.map((location, n) => [location, macs[n] ?? ''])),
    );
  }
}

export const machineHandlers = [ReportMachinesHandler, AcceptMachineHandler];
