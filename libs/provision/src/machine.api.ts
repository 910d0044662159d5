import type { ValuesOf } from '#api';
import { boundTo, defineModel, parameter, shape, shaped, staticAction } from '#api';
import type { Caller } from '#kernel';
import { refuse } from '#kernel';
import { expandNames, MAX_MACHINES, PATTERN_RULE } from './expand-names.ts';
import type { WantedMachines } from './plan-machine.ts';
import { DeprovisionMachines, PreviewDeprovision } from './deprovision.commands.ts';
import { PreviewProvision, ProvisionMachines } from './provision.commands.ts';

const named = {
  names: parameter.text({
    list: true,
    default: [],
    doc: `What the machines are called, each ${PATTERN_RULE}. At most ${MAX_MACHINES} machines.`,
  }),
  count: parameter.integer({ default: null, doc: 'How many machines; by default as many as there are names.' }),
  site: parameter.reference('Site/Site', { doc: 'Where they are.' }),
  dry_run: parameter.boolean({ default: false, doc: 'Tells everything it would do, and changes nothing.' }),
} as const;

const provisioned = {
  ...named,
  blueprint: parameter.reference('BluePrint/StructureBluePrint', { doc: 'What they are to become.' }),
  complex: parameter.reference('Building/Complex', {
    default: null,
    doc: 'The complex that carries their foundations.',
  }),
  foundation_type: parameter.text({
    default: null,
    doc: 'Without a complex: the type of their foundations, such as `Test` or `Manual`.',
  }),
  foundation_blueprint: parameter.reference('BluePrint/FoundationBluePrint', {
    default: null,
    doc: 'Of the foundations; by default that which the complex uses, or the only one that fits type and blueprint.',
  }),
  fields: parameter.map({ default: {}, doc: 'Fields of the platform of the foundations.' }),
  locator: parameter.text({
    default: '{name}',
    doc: 'What the foundations are called; `{name}` stands for the name of the machine.',
  }),
  network: parameter.reference('Utilities/Network', {
    default: null,
    doc: 'The network of their interfaces; by default the only one that the address block is on.',
  }),
  address_block: parameter.reference('Utilities/AddressBlock', {
    default: null,
    doc: 'Each gets its lowest free address, on its provisioning interface; by default the only block of the network.',
  }),
  interfaces: parameter.map({
    list: true,
    default: [],
    doc: 'Interfaces of each foundation, as `createFoundation` of a complex takes them; by default those its blueprint names.',
  }),
  config_values: parameter.map({ default: {}, doc: 'Configuration values of each structure.' }),
  labels: parameter.map({ default: {}, doc: 'Labels of each structure.' }),
  owner: parameter.text({ default: null, doc: 'Who answers for them.' }),
  member_of: parameter.reference('Building/Complex', {
    default: null,
    doc: 'A complex whose members the structures become.',
  }),
  jobs: parameter.boolean({ default: true, doc: 'Whether their create jobs are made; else they stay planned.' }),
} as const;

const jobShape = shape.record({
  target: shape.text('What it works on: Foundation, Structure or Dependency.'),
  script: shape.text(),
  job: { schema: { type: ['integer', 'null'], description: 'Id of the job; null in a dry run.' } },
});

const machineShape = shape.record({
  hostname: shape.text(),
  foundation: shape.text('Locator of the foundation.'),
  structure: { schema: { type: ['integer', 'null'], description: 'Id of the structure; null in a dry run.' } },
  interfaces: shape.list(
    shape.record({ name: shape.text(), network: shape.count('Id of the network.'), provisioning: shape.flag() }),
  ),
  addresses: shape.list(
    shape.record({
      ip_address: shape.text(),
      interface_name: shape.text(),
      address_block: shape.count('Id of the address block.'),
    }),
  ),
  jobs: shape.list(jobShape),
});

const planShape = shape.record({
  dry_run: shape.flag(),
  site: shape.text(),
  blueprint: shape.text(),
  foundation_type: shape.text(),
  foundation_blueprint: shape.text(),
  complex: shape.textOrNull('The complex that carries the foundations.'),
  member_of: shape.textOrNull('The complex whose members the structures become.'),
  machines: shape.list(machineShape),
  warnings: shape.list(shape.text(), 'Why jobs could not be made as things are, where none are made.'),
});

const deprovisionShape = shape.record({
  dry_run: shape.flag(),
  id: { schema: { type: ['integer', 'null'], description: 'Of the Building/Deprovision; null in a dry run.' } },
  site: shape.text(),
  machines: shape.list(
    shape.record({
      hostname: shape.text(),
      structure: shape.count('Id of the structure.'),
      foundation: shape.text('Locator of the foundation.'),
      addresses: shape.list(shape.text(), 'Addresses that are free again.'),
      jobs: shape.list(jobShape, 'What destroys it first; none: it is not built.'),
    }),
  ),
});

const idOf = (reference: string | null): number | null => (reference === null ? null : Number(reference));

const required = (field: string, value: string | null): string => {
  if (value === null || value === '') throw refuse(field, 'NULL', 'This field cannot be null.');
  return value;
};

const wantedFrom = (values: ValuesOf<typeof provisioned>, caller: Caller): WantedMachines => ({
  names: expandNames(values.names, values.count),
  site: required('site', values.site),
  blueprint: required('blueprint', values.blueprint),
  complex: values.complex,
  foundationType: values.foundation_type === '' ? null : values.foundation_type,
  foundationBlueprint: values.foundation_blueprint,
  fields: values.fields ?? {},
  locator: values.locator ?? '{name}',
  network: idOf(values.network),
  addressBlock: idOf(values.address_block),
  interfaces: values.interfaces,
  configValues: values.config_values ?? {},
  labels: values.labels ?? {},
  owner: values.owner,
  memberOf: values.member_of,
  jobs: values.jobs !== false,
  sites: boundTo(caller),
});

/** Many machines in one command. */
export const machineModel = defineModel({
  path: 'Building/Machine',
  doc: 'A structure together with the foundation it stands on; many of them are made, and taken down, by one command.',
  protocols: ['rest'],
  fields: {},
  sites: 'none',
  actions: {
    provision: staticAction({
      doc: 'Makes machines: foundations with their interfaces, structures with their addresses, and their create jobs; all of them, or none.',
      parameters: provisioned,
      returns: shaped(planShape),
      permission: { grant: 'Building.can_provision' },
      command: (values, { caller }) => {
        const wanted = wantedFrom(values, caller);
        return values.dry_run === true ? new PreviewProvision(wanted) : new ProvisionMachines(wanted);
      },
    }),
    deprovision: staticAction({
      doc: 'Has machines destroyed by jobs, and deleted with their addresses when these are done; where one may not go, nothing happens.',
      parameters: named,
      returns: shaped(deprovisionShape),
      permission: { grant: 'Building.can_deprovision' },
      command: ({ names, count, site, dry_run: dryRun }) => {
        const unwanted = { names: expandNames(names, count), site: required('site', site) };
        return dryRun === true ? new PreviewDeprovision(unwanted) : new DeprovisionMachines(unwanted);
      },
    }),
  },
});
