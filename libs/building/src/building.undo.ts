import type { UndoRule } from '#event-sourcing';
import { FIELDS, undoNoun, undoRegister } from '#event-sourcing';
import { addresses, checkHolderMoves, holderAddresses } from '#ipam';
import type { UnitOfWork } from '#kernel';
import { siteFor } from '#site';
import { complexStructure } from './complex/complex-structure.ts';
import { complexStructures } from './complex/complex-structures.ts';
import { complex } from './complex/complex.ts';
import { complexes } from './complex/complexes.ts';
import { complexFor } from './complex/find-complex.ts';
import { dependencies, HIDDEN_OF_DEPENDENCIES } from './dependency/dependencies.ts';
import { checked } from './dependency/dependency.commands.ts';
import { dependency } from './dependency/dependency.ts';
import { checkPlace } from './foundation.commands.ts';
import { foundation } from './foundation.ts';
import { foundations, HIDDEN_OF_FOUNDATIONS } from './foundations.ts';
import { foundationInterfaces } from './interface/foundation-interfaces.ts';
import { checkMade, interfaceUndos } from './interface/interface.undo.ts';
import { logicalInterfaces } from './interface/logical-interfaces.ts';
import { realInterfaces } from './interface/real-interfaces.ts';
import { structureInterfaces } from './interface/structure-interfaces.ts';
import { networked } from './networked/networked.ts';
import { networkeds } from './networked/networkeds.ts';
import { hostName } from './structure/host-name.ts';
import { checkFoundation } from './structure/structure.commands.ts';
import { structure } from './structure/structure.ts';
import { HIDDEN_OF_STRUCTURES, structures } from './structure/structures.ts';
import type { Key, ReadModel, View, Where } from '#read-store';

const SAID = [FIELDS];
const JOB = ['job'];
const BY_JOB = { instead: 'a job has done it; have another job do the opposite', parts: ['state'] };
/** What destroys a machine also forgets what it is made of. */
const DESTROYED = { ...BY_JOB, parts: ['state', FIELDS] };
const FORCED = { instead: 'its state was forced; force it back', parts: ['state', FIELDS] };
const SURVEYED = { instead: 'a machine is, or was, surveyed; delete its cartographer', parts: ['survey'] };
const REPORTED = { instead: 'a machine has reported its hardware; accept it, or have it put right', parts: ['drift'] };

const OF_MACHINE = {
  instead: 'its platform has told what its machine is; accept it, or have it put right',
  parts: ['machine'],
};

/** Those of some rows that a condition finds, in words. */
async function found(view: View, rows: ReadModel, kind: string, where: Where): Promise<string[]> {
  return (await view.keys(rows, { where })).keys.map((key) => `${kind} ${key}`);
}

const addressesOf = (view: View, id: Key) => found(view, addresses, 'Address', { holder: Number(id) });

/** Notes addresses of a host that is not there any more. */
async function checkNoAddresses(work: UnitOfWork, id: string): Promise<void> {
  const [held] = (await work.load(holderAddresses, id)).keys();
  if (held !== undefined) work.fault('', 'IN_USE', `it has Address ${held}`);
}

const foundationUndo = undoNoun(foundation, {
  model: 'Building/Foundation',
  rows: foundations,
  hidden: HIDDEN_OF_FOUNDATIONS,
  events: {
    FoundationSiteChosen: SAID,
    FoundationBluePrintChosen: SAID,
    FoundationIdentified: [FIELDS, 'drift'],
    FoundationOwnFieldsChanged: SAID,
    FoundationBmcAddressed: SAID,
    FoundationLabelsChanged: SAID,
    FoundationOwnerChosen: SAID,
    FoundationCarrierChosen: SAID,
    FoundationTaken: JOB,
    FoundationReleased: [],
    FoundationAddressBorrowed: BY_JOB,
    FoundationAddressReturned: BY_JOB,
    FoundationLocated: BY_JOB,
    FoundationBuilt: BY_JOB,
    FoundationDestroyed: DESTROYED,
    FoundationForced: FORCED,
    FoundationOccupied: ['structure'],
    FoundationVacated: ['structure'],
    FoundationBound: ['dependency'],
    FoundationUnbound: ['dependency'],
    FoundationSurveyBegun: SURVEYED,
    FoundationSurveyEnded: SURVEYED,
    FoundationHardwareReported: REPORTED,
    FoundationHardwareDrifted: REPORTED,
    FoundationHardwareReturned: REPORTED,
    FoundationHardwareAccepted: [FIELDS, 'drift'],
    FoundationMachineSeen: [],
    FoundationMachineDrifted: OF_MACHINE,
    FoundationMachineReturned: OF_MACHINE,
    FoundationMachineAccepted: ['machine'],
    FoundationAdopted: ['state', 'machine'],
  },
  parts: {
    [FIELDS]: ['site', 'blueprint', 'idMap', 'identities', 'own', 'bmc', 'complex', 'labels', 'owner'],
    drift: ['drift'],
    machine: ['machine', 'machineDrift'],
    survey: ['surveyedBy'],
    job: ['job', 'worked'],
    structure: ['structure'],
    dependency: ['dependency'],
  },
  check: async (work, locator, value) => {
    await checkPlace(work, value.type, value.site, value.blueprint);
    await complexFor(work, 'complex', value.complex ?? null);
    const host = value.bmc ? await work.load(networked, value.bmc.host) : undefined;
    if (host && (host.stage !== 'active' || host.value.foundation !== locator)) {
      work.fault('bmc_block', 'INVALID_VALUE', `there is no host ${value.bmc?.host ?? ''} with the address of its BMC`);
    }
    const { structure: on, dependency: bound } = value;
    if (on !== undefined) {
      const its = await work.load(structure, on);
      if (its.stage !== 'active' || its.value.foundation !== locator) {
        work.fault('structure', 'INVALID_VALUE', `there is no structure ${on} on it`);
      }
    }
    if (bound !== undefined && (await work.load(dependency, bound)).stage !== 'active') {
      work.fault('dependency', 'INVALID_VALUE', `there is no dependency ${bound}`);
    }
  },
  checkGone: async (work, locator) => {
    const [held] = (await work.load(foundationInterfaces, locator)).keys();
    if (held !== undefined) work.fault('', 'IN_USE', `it has RealNetworkInterface ${held}`);
  },
  uses: async (view, locator) => [
    ...(await found(view, realInterfaces, 'RealNetworkInterface', { foundation: String(locator) })),
    ...(await found(view, dependencies, 'Dependency', { foundation: String(locator) })),
  ],
});

const structureUndo = undoNoun(structure, {
  model: 'Building/Structure',
  rows: structures,
  hidden: HIDDEN_OF_STRUCTURES,
  events: {
    StructureRenamed: SAID,
    StructureMoved: SAID,
    StructureZoneChosen: SAID,
    StructureBluePrintChosen: SAID,
    StructurePlaced: SAID,
    StructureConfigured: SAID,
    StructureLabelsChanged: SAID,
    StructureOwnerChosen: SAID,
    StructureTaken: JOB,
    StructureReleased: [],
    StructureBuilt: BY_JOB,
    StructureDestroyed: BY_JOB,
    StructureForced: FORCED,
    ComplexJoined: ['membership'],
    ComplexLeft: ['membership'],
  },
  parts: {
    [FIELDS]: ['hostname', 'site', 'zone', 'blueprint', 'foundation', 'configValues', 'origins', 'labels', 'owner'],
    job: ['job'],
    membership: ['membership'],
  },
  check: async (work, id, { site, blueprint, foundation: locator, hostname, membership }) => {
    await siteFor(work, 'site', site);
    await checkFoundation(work, blueprint, locator);
    await checkHolderMoves(work, Number(id), site);
    await checkMade(work, Number(id));
    const below = await work.load(foundation, locator);
    if ('value' in below && below.value.structure !== Number(id)) {
      work.fault('foundation', 'TAKEN', `Structure ${below.value.structure ?? ''} stands on foundation ${locator}`);
    }
    if ((await work.load(hostName, `site/${site}/${hostname}`)) !== Number(id)) {
      work.fault('hostname', 'TAKEN', `the host name ${hostname} is that of another host`);
    }
    if (membership) await complexFor(work, 'complex', membership.complex);
  },
  checkGone: async (work, id) => {
    await checkNoAddresses(work, id);
    const [held] = (await work.load(structureInterfaces, id)).keys();
    if (held !== undefined) work.fault('', 'IN_USE', `it has NetworkInterface ${held}`);
  },
  uses: async (view, id) => [
    ...(await addressesOf(view, id)),
    ...(await found(view, logicalInterfaces, 'NetworkInterface', { structure: Number(id) })),
    ...(await found(view, dependencies, 'Dependency', { structure: Number(id) })),
    ...(await found(view, dependencies, 'Dependency', { scriptStructure: Number(id) })),
  ],
});

const dependencyUndo = undoNoun(dependency, {
  model: 'Building/Dependency',
  rows: dependencies,
  hidden: HIDDEN_OF_DEPENDENCIES,
  events: {
    DependencyChanged: SAID,
    DependencyTaken: JOB,
    DependencyReleased: [],
    DependencyBuilt: BY_JOB,
    DependencyDestroyed: BY_JOB,
    DependencyForced: FORCED,
  },
  parts: {
    [FIELDS]: [
      'structure',
      'dependency',
      'foundation',
      'scriptStructure',
      'link',
      'createScript',
      'destroyScript',
      'site',
    ],
    job: ['job'],
  },
  check: async (work, id, value) => {
    await checked(work, Number(id), value);
    if (value.foundation === null) return;
    const found = await work.load(foundation, value.foundation);
    if ('value' in found && found.value.dependency !== Number(id)) {
      work.fault('foundation', 'TAKEN', 'Dependency with this Foundation already exists.');
    }
  },
  uses: (view, id) => found(view, dependencies, 'Dependency', { dependency: Number(id) }),
});

/** How what a request did to what is built is undone. */
export const buildingUndos: readonly UndoRule[] = [
  foundationUndo,
  structureUndo,
  dependencyUndo,
  undoRegister(hostName, {
    events: { HostNameTaken: ['name'], HostNameFreed: ['name'] },
    undo: async (work, { id, before }) => {
      const now = await work.load(hostName, id);
      if (now !== undefined) await work.decide(hostName, id, { type: 'FreeHostName', data: { holder: now } });
      if (before === undefined) return;
      const data = { holder: before, taken: 'the host name is that of another host' };
      await work.decide(hostName, id, { type: 'TakeHostName', data });
    },
  }),
  undoNoun(networked, {
    model: 'Utilities/Networked',
    rows: networkeds,
    check: async (work, id, { site }) => {
      await siteFor(work, 'site', site);
      await checkHolderMoves(work, Number(id), site);
    },
    checkGone: checkNoAddresses,
    uses: addressesOf,
  }),
  ...interfaceUndos,
  undoNoun(complex, {
    model: 'Building/Complex',
    rows: complexes,
    check: async (work, name, { site, members }) => {
      await siteFor(work, 'site', site);
      for (const { structure: id, membership } of members) {
        const its = await work.load(structure, id);
        if (its.stage === 'active' && its.value.membership?.membership === membership) continue;
        work.fault('members', 'INVALID_VALUE', `Structure ${id} is no member of ${name}`);
      }
    },
  }),
  undoNoun(complexStructure, {
    noun: 'ComplexStructure',
    model: 'Building/ComplexStructure',
    rows: complexStructures,
    check: async (work, id, { complex: name, structure: member }) => {
      const its = await work.load(complex, name);
      const isIn = its.stage === 'active' && its.value.members.some(({ membership }) => membership === Number(id));
      if (!isIn) work.fault('complex', 'INVALID_VALUE', `Structure ${member} is no member of complex ${name}`);
    },
  }),
];
