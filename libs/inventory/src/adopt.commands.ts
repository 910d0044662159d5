import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import { requiresIdMap } from '#blueprint';
import {
  carriedBy,
  checkSiteOfComplex,
  complex,
  defineFoundation,
  defineInterfaces,
  foundation,
  otherWith,
} from '#building';
import type { CommandContext } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { Json, UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import type { FoundationType, ServerHalf } from '#platform';
import { PLATFORMS } from '#platform';
import type { Key, ReadStore } from '#read-store';
import { Ids, READ_STORE } from '#read-store';
import { Secrets } from '#secrets';
import type { UnknownMachine } from './compare.ts';
import { plainId } from './compare.ts';
import { foundationsOf, hostKinds, sharingHost } from './hosts.ts';
import { adoption, adoptionOf } from './adoption.ts';
import { LookLedger, type MachineLook } from './look-ledger.ts';

/** What is said of the foundation that a machine becomes; what is null is as the machine, or its complex, has it. */
export interface WantedAdoption {
  /** What the platform knows the machine by. */
  readonly machine: string;
  readonly locator: string | null;
  readonly site: string | null;
  readonly blueprint: string | null;
  /** The network that its interfaces are on. */
  readonly network: number | null;
  /** The sites whose networks the caller may use; undefined: all. */
  readonly sites?: readonly string[] | undefined;
}

/** What a machine has become, or would. */
export interface Adopted {
  readonly locator: string;
  readonly type: string;
  readonly complex: string;
  readonly site: string;
  readonly blueprint: string;
  readonly machine: string;
  readonly interfaces: readonly { readonly name: string; readonly mac: string }[];
}

/** Makes a foundation of a machine that its host has already: located and built, with its interfaces, without a job. */
export class AdoptMachine extends NamedCommand<Adopted> {
  constructor(
    readonly key: Key,
    readonly wanted: WantedAdoption,
  ) {
    super();
  }
}

/** Changes nothing; results in what `AdoptMachine` would make, and is refused where that would be. */
export class PreviewAdoption extends NamedCommand<Adopted> {
  constructor(
    readonly key: Key,
    readonly wanted: WantedAdoption,
  ) {
    super();
  }
}

type Adopting = AdoptMachine | PreviewAdoption;
type Kind = FoundationType & { readonly machineId: string };

/** The complex whose machine is adopted, with those that are reached by the same host. */
interface OfHost {
  readonly name: string;
  readonly names: readonly string[];
  readonly kind: Kind;
  readonly look: MachineLook | undefined;
}

abstract class AdoptionHandler<C extends Adopting> extends UnitOfWorkHandler<C, MachineLook | undefined> {
  @Inject(PLATFORMS) protected readonly platforms!: readonly ServerHalf[];
  @Inject(READ_STORE) protected readonly reads!: ReadStore;
  @Inject(Ids) protected readonly ids!: Ids;
  @Inject(Secrets) protected readonly secrets!: Secrets;
  @Inject(LookLedger) protected readonly ledger!: LookLedger;

  override prepare({ key }: C): Promise<MachineLook | undefined> {
    return this.ledger.of(String(key));
  }

  /** @throws Refusal naming everything that is in the way */
  protected async adopt(
    work: UnitOfWork,
    { key, wanted }: Adopting,
    { metadata: { request } }: CommandContext,
    look: MachineLook | undefined,
  ): Promise<Adopted> {
    const name = String(key);
    const found = await work.load(complex, name);
    if (found.stage !== 'active') throw refuse('', 'NOT_FOUND', 'Complex does not exist');
    const { value: its } = found;
    const kind = its.type === null ? undefined : hostKinds(this.platforms).get(its.type)?.foundationType;
    const carried = carriedBy(this.platforms, name, its.type);
    if (!kind || !carried) throw refuse('', 'NOT_LISTED', `nobody lists the machines of complex "${name}"`);
    const names = await sharingHost(this.reads.now, name, its);
    const machine = await this.#machineOf(wanted.machine, { name, names, kind, look });
    const noted = adoptionOf(kind.type, plainId(machine.id) ?? machine.id);
    await this.#checkNoted(work, noted, { machine, names, kind });
    const { locator, site, blueprint } = wanted;
    const of = { locator: locator ?? machine.name, site: site ?? its.site, blueprint: blueprint ?? carried.blueprint };
    if (kind.isNamedByLocator && of.locator !== machine.name) {
      work.fault(
        'locator',
        'NAME',
        `must be "${machine.name}", the name of the machine: ${kind.type} knows it by that`,
      );
    }
    if (kind.inSiteOfComplex) await checkSiteOfComplex(work, of.site, name);
    const own = { ...carried.own, [kind.machineId]: idAsKept(kind, machine.id) };
    const value = { ...carried, site: of.site, blueprint: of.blueprint, own, idMap: null };
    const made = await defineFoundation(work, of.locator, value, { secrets: this.secrets, request });
    if (made && (await requiresIdMap(work, of.blueprint))) {
      work.fault('blueprint', 'NOT_IDENTIFIED', `"${of.blueprint}" asks what a machine is made of, which is not known`);
    }
    const macs = kind.sharesNetwork ? [] : await this.#macsOf(work, machine, wanted.network);
    const { network } = wanted;
    if (made && (network !== null || macs.length === 0)) {
      const maps = macs.map((mac) => ({ mac, network_id: network }));
      const names = made.physicalInterfaceNames;
      await defineInterfaces(work, this.ids, maps, { foundation: of.locator, names, sites: wanted.sites });
      const { name: called, power } = machine;
      await work.decide(foundation, of.locator, { type: 'AdoptMachine', data: { name: called, power } });
      await work.decide(adoption, noted, { type: 'NoteAdoption', data: { foundation: of.locator } });
    }
    work.throwIfFaulted();
    const interfaces = macs.map((mac, n) => ({ name: made?.physicalInterfaceNames[n] ?? `eth${n}`, mac }));
    return { ...of, type: kind.type, complex: name, machine: machine.id, interfaces };
  }

  /** The machine that is meant. @throws Refusal where the last look has found none such */
  async #machineOf(id: string, { name, names, kind, look }: OfHost): Promise<UnknownMachine> {
    if (!look) throw refuse('machine', 'NOT_LOOKED', `nobody has looked yet what machines complex "${name}" has: look`);
    const machine = look.unknown.find((one) => one.id === id);
    if (!machine) {
      const text = `the host of complex "${name}" had no machine "${id}" at ${look.at} that no foundation knows`;
      throw refuse('machine', 'INVALID_VALUE', text);
    }
    const known = [...(await foundationsOf(this.reads.now, names))].find(
      ([, { own }]) => plainId(own[kind.machineId]) === plainId(id),
    );
    if (known) throw refuse('machine', 'TAKEN', `machine "${id}" is that of foundation "${known[0]}" already`);
    return machine;
  }

  /** That nobody else has just adopted it: what the read models do not show yet. @throws Refusal */
  async #checkNoted(
    work: UnitOfWork,
    noted: string,
    { machine: { id }, names, kind }: Pick<OfHost, 'names' | 'kind'> & { readonly machine: UnknownMachine },
  ): Promise<void> {
    const before = await work.load(adoption, noted);
    if (before === undefined) return;
    const found = await work.load(foundation, before);
    if (!('value' in found)) return;
    const { complex: of, own } = found.value;
    if (typeof of !== 'string' || !names.includes(of) || plainId(own[kind.machineId]) !== plainId(id)) return;
    throw refuse('machine', 'TAKEN', `machine "${id}" is that of foundation "${before}" already`);
  }

  /** Its MACs, none of which another foundation has. */
  async #macsOf(work: UnitOfWork, { id, macs }: UnknownMachine, network: number | null): Promise<readonly string[]> {
    if (macs === null) {
      work.fault('machine', 'NO_MACS', `the MACs of machine "${id}" are not known yet: look once more`);
      return [];
    }
    if (macs.length > 0 && network === null) {
      work.fault('network', 'NULL', `say on which network its ${macs.length} interfaces are`);
    }
    for (const [n, mac] of macs.entries()) {
      if (macs.indexOf(mac) !== n) work.fault('machine', 'TWICE', `MAC ${mac} is that of two of its interfaces`);
      const other = await otherWith(this.reads.now, mac, '');
      if (other !== undefined) work.fault('machine', 'TAKEN', `MAC ${mac} is that of ${other} already`);
    }
    return macs;
  }
}

/** The id of a machine as its foundation keeps it. */
const idAsKept = ({ fields, machineId }: Kind, id: string): Json =>
  fields[machineId]?.type.kind === 'Integer' ? Number(id) : id;

@CommandHandler(AdoptMachine)
class AdoptMachineHandler extends AdoptionHandler<AdoptMachine> {
  decide(work: UnitOfWork, command: AdoptMachine, context: CommandContext, look: MachineLook | undefined) {
    return this.adopt(work, command, context, look);
  }
}

@CommandHandler(PreviewAdoption)
class PreviewAdoptionHandler extends AdoptionHandler<PreviewAdoption> {
  decide(work: UnitOfWork, command: PreviewAdoption, context: CommandContext, look: MachineLook | undefined) {
    return Ids.rehearse(() => this.adopt(work.fork(), command, context, look));
  }
}

export const adoptHandlers = [AdoptMachineHandler, PreviewAdoptionHandler];
