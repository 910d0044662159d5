import { describe, expect, it } from '@jest/globals';
import { typesIn } from './platform-types.ts';
import { nounOfType, optionsOf } from './typed-commands.ts';
import { typedIn } from './typed-words.ts';

const id = (model: string) => ({ type: 'string', description: `Id of a ${model}.` });
const common = { locator: { type: 'string' }, site: id('Site/Site'), blueprint: id('BluePrint/FoundationBluePrint') };
const bmc = {
  ipmi_username: { type: ['string', 'null'] },
  ipmi_password: { type: ['string', 'null'] },
  ipmi_ip_address: { type: ['string', 'null'] },
  ipmi_sol_port: { type: ['string', 'null'], enum: ['console', 'ttyS0', null], default: 'console' },
  plot: { ...id('Survey/Plot'), type: ['string', 'null'] },
};

/** As a server describes types of which the command line has never heard. */
const SCHEMAS = {
  'IPMI.IPMIFoundation': {
    description: 'A machine with IPMI.',
    'x-base': 'Building/Foundation',
    properties: { ...common, ...bmc, state: {}, created: {}, _links: {} },
  },
  'IPMI.IPMIFoundation.new': { properties: { ...common, ...bmc }, required: ['locator', 'site', 'blueprint'] },
  'IPMI.IPMIFoundation.changes': { properties: { site: {}, blueprint: {}, ...bmc } },
  'VCenter.VCenterFoundation': { 'x-base': 'Building/Foundation', properties: {} },
  'VCenter.VCenterFoundation.new': {
    properties: {
      ...common,
      vcenter_complex: id('VCenter/VCenterComplex'),
      cpus: { type: 'integer' },
      on: { type: 'boolean' },
    },
  },
  'VCenter.VCenterComplex': { 'x-base': 'Building/Complex', properties: {} },
  'VCenter.VCenterComplex.new': {
    properties: {
      name: { type: 'string' },
      members: { type: 'array', items: { type: 'integer', description: 'Id of a Building/Structure.' }, default: [] },
      built_percentage: { type: 'integer', default: 90 },
      vcenter_host: { type: 'integer', description: 'Id of a Building/Structure.' },
      vcenter_password: { type: 'string' },
    },
  },
  'Site.Site': { properties: {} },
};

describe('types that a server describes', () => {
  const foundations = typesIn(SCHEMAS, 'foundation');
  const complexes = typesIn(SCHEMAS, 'complex');

  it('are known by the names of their models', () => {
    expect(foundations.map(({ name, model, does }) => [name, model, does])).toEqual([
      ['ipmi', 'IPMI/IPMIFoundation', 'A machine with IPMI.'],
      ['vcenter', 'VCenter/VCenterFoundation', ''],
    ]);
    expect(complexes.map(({ name }) => name)).toEqual(['vcenter']);
  });

  it('take the letters and names that contractorcli has for their fields', () => {
    const [ipmi, vcenter] = foundations.map((type) => optionsOf(type, 'foundation'));
    expect(ipmi).toMatchObject({
      locator: { short: 'l', required: true, only: 'create' },
      site: { short: 's', of: 'Site/Site', required: true },
      blueprint: { short: 'b', required: true },
      plot: { short: 'p', of: 'Survey/Plot' },
      username: { short: 'u', field: 'ipmi_username' },
      'ipmi-username': { field: 'ipmi_username' },
      password: { short: 'a', kind: 'secret' },
      'ipmi-password': { field: 'ipmi_password', kind: 'secret' },
      ip: { short: 'i', field: 'ipmi_ip_address' },
      'ipmi-ip': { field: 'ipmi_ip_address' },
      'ipmi-ip-address': { field: 'ipmi_ip_address' },
      'ipmi-sol': { field: 'ipmi_sol_port', choices: ['console', 'ttyS0'] },
    });
    expect(vcenter).toMatchObject({
      complex: { short: 'x', field: 'vcenter_complex', of: 'VCenter/VCenterComplex' },
      cpus: { kind: 'integer', field: 'cpus' },
      on: { kind: 'yes-no' },
    });
    expect(complexes.map((type) => optionsOf(type, 'complex'))).toMatchObject([
      {
        name: { short: 'l' },
        members: { short: 'm', kind: 'structures' },
        member: { kind: 'structures', field: 'members' },
        'add-member': { edits: 'add', field: 'members' },
        builtperc: { short: 'b', field: 'built_percentage', initial: 80 },
        host: { short: 'o', field: 'vcenter_host', kind: 'structure' },
        password: { short: 'p', field: 'vcenter_password', kind: 'secret' },
      },
    ]);
  });

  it('show their own fields among those of all', () => {
    const [ipmi] = foundations;
    const labels = Object.keys(ipmi ? nounOfType(ipmi, 'foundation').get : {});
    expect(labels.join(', ')).toBe(
      'Id, Locator, Type, Site, Blueprint, Id Map, Drift, Machine Drift, Cartographer, Class List, Labels, Owner, ' +
        'Ipmi Username, Ipmi Password, Ipmi Ip Address, Ipmi Sol Port, Plot, ' +
        'State, Located At, Built At, Created, Updated',
    );
  });
});

describe('a command line about a type', () => {
  const commands = ['foundation list', 'foundation interface get', 'foundation', 'site list'];
  it.each<[string, object | undefined]>([
    ['foundation ipmi create -l x', { typed: 'foundation', name: 'ipmi', options: {} }],
    ['help complex proxmox', { typed: 'complex', name: 'proxmox', options: {} }],
    ['--server http://a complex proxmox get x', { typed: 'complex', name: 'proxmox', options: { server: 'http://a' } }],
    [
      '-j --server=http://a foundation ipmi get x',
      { typed: 'foundation', name: 'ipmi', options: { server: 'http://a' } },
    ],
    ['foundation list', undefined],
    ['foundation interface list', undefined],
    ['foundation --help', undefined],
    ['site ipmi', undefined],
  ])('"%s"', (line, found) => {
    const words = typedIn(line.split(' '), commands, ['server']);
    expect(words).toEqual(found);
  });
});
