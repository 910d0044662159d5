import { describe, expect, it } from '@jest/globals';
import { foundationFixture } from '../../test/foundation-fixture.ts';
import { knownFoundation } from '../../test/known-foundation.ts';
import { ScriptHarness } from '../../test/script-harness.suite.ts';
import { vcenter } from './server.ts';

const [type] = vcenter.foundationTypes;
const [complex] = vcenter.complexTypes ?? [];
const { foundation } = foundationFixture(vcenter, type);
const play = (line: string, vars: object = {}, fields: object = {}) =>
  new ScriptHarness(vcenter, `  ${line}`, type, { ...foundation, ...fields }, { vars: vars as never });
const SIZE = { cpu_count: 2, memory_size: 2048, disk_size: 20 };
const ordered = (spec: object, fields: object = {}) => {
  const script = play(
    'value = vcenter.create( host="esx1", datastore="ds1", vm_spec=vars.spec )',
    { spec: { ...SIZE, ...spec } },
    fields,
  );
  const outcome = script.run();
  return { outcome, vm: script.task()?.parameters['vm'] };
};

describe('a foundation of vCenter', () => {
  it('is known to clients by the names of the original', () => {
    expect(type).toMatchObject({
      type: 'VCenter',
      model: 'VCenter/VCenterFoundation',
      classes: ['VM', 'VCenter'],
      complexField: 'vcenter_complex',
      machineId: 'vcenter_uuid',
    });
    expect(complex).toMatchObject({
      type: 'VCenter',
      model: 'VCenter/VCenterComplex',
      host: { field: 'vcenter_host', suffices: true },
      carries: { type: 'VCenter', blueprint: 'vcenter-vm-base' },
    });
    const place = { vcenter_datacenter: 'dc1', vcenter_cluster: 'cl1' };
    expect(type?.attributes?.({ vcenter_uuid: null, vcenter_complex: 'c' }, place)).toEqual({
      _vcenter_uuid: null,
      _vcenter_complex: 'c',
      _vcenter_datacenter: 'dc1',
      _vcenter_cluster: 'cl1',
    });
    expect(['dc-1', 'dc 1', '-dc', 'dc.1'].map((one) => complex?.patterns?.['vcenter_datacenter']?.test(one))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(complex?.patterns?.['vcenter_cluster']?.test('localhost.')).toBe(true);
  });

  it.each([
    [{}, { vcenter_guest_id: 'otherGuest' }],
    [
      { disk_provisioning: 'eagerZeroedThick', vcenter_hostname: 'x' },
      { disk_provisioning: 'eagerZeroedThick', vcenter_guest_id: 'otherGuest' },
    ],
    [
      { ova: 'http://x', vcenter_ip_protocol: 'IPv4' },
      { ova: 'http://x', vcenter_ip_protocol: 'IPv4', vcenter_guest_id: 'otherGuest' },
    ],
    [
      { template: 't', vcenter_domain: 'd', vcenter_guest_id: 'x' },
      { template: 't', vcenter_domain: 'd' },
    ],
  ])('is specified by the configuration of its structure: %j', (config, spec) => {
    expect(type?.values?.['vcenter_vmspec']?.(knownFoundation(config))).toEqual({
      cpu_count: 1,
      memory_size: 1024,
      disk_size: 10,
      ...spec,
    });
  });

  it('of a template is ordered with the addresses of its structure', () => {
    const template = {
      template: 'ubuntu',
      vcenter_hostname: 'web1',
      vcenter_domain: 'example.com',
      vcenter_dnsserver_list: ['10.1.0.2'],
      vcenter_dnssuffix_list: ['example.com'],
    };
    expect(ordered(template).vm).toMatchObject({
      template: 'ubuntu',
      hostname: 'web1',
      dnsserver_list: ['10.1.0.2'],
      interface_list: [
        {
          name: 'eth0',
          physical_location: 'eth0',
          network: 'lan',
          address: '10.1.0.9',
          netmask: '255.255.255.0',
          gateway: '10.1.0.1',
        },
        { name: 'eth1', network: 'storage' },
      ],
    });
    const bare = [{ name: 'eth0', physical_location: 'eth0', network_name: 'lan' }];
    expect(ordered(template, { interface_list: bare }).outcome).toMatchObject({
      message: 'interface "eth0" has no address: a machine of a template is given one on each',
    });
  });

  it.each([
    [{ disk_provisioning: 'eagerZeroedThick' }, { disk_list: [{ name: 'sda', size: 20, type: 'eagerZeroedThick' }] }],
    [{ vcenter_network_interface_class: 'VMXNet3' }, { interface_list: [{ type: 'VMXNet3' }, { type: 'VMXNet3' }] }],
  ])('from scratch is ordered with %j', (spec, vm) => expect(ordered(spec).vm).toMatchObject(vm));

  it('is not ordered with what is no setting', () => {
    const refused = 'paramater "vm_spec.vcenter_virtual_vhv": must be true or false';
    expect(ordered({ vcenter_virtual_vhv: 'yes' }).outcome).toMatchObject({
      kind: 'aborted',
      message: expect.stringContaining(refused),
    });
  });
});

describe('a command in a guest', () => {
  const execute = (more: string, fields: object = {}) =>
    play(`value = foundation.execute( username="u", password="p", ${more} )`, {}, fields);

  it('is quoted for its shell; secrets in it stay references', () => {
    const script = execute('command=foundation.line', { line: 'echo "$HOME"' });
    script.run();
    expect(script.task()?.parameters['args']).toBe('-c "echo \\"\\$HOME\\""');
    const secret = execute('command=foundation.line', { line: { $text: ['login "', { $secret: 'a' }, '"'] } });
    secret.run();
    expect(secret.task()?.parameters['args']).toEqual({ $text: ['-c "login \\"', { $secret: 'a' }, '\\""'] });
  });

  it.each([
    [{ rc: 1 }, 'the command in "node01": it ended with exit code 1, and not with 0'],
    [{ error: 'no tools' }, 'the command in "node01": no tools'],
  ])('that ends with %j is an error, and a reset runs it again', (result, message) => {
    const script = execute('command="true"');
    script.run();
    script.task();
    script.answer(result);
    expect(script.run()).toMatchObject({ kind: 'error', message });
    script.run();
    expect(script.task()).toMatchObject({ function: 'execute' });
    script.answer({ rc: 0 });
    expect(script.run()).toEqual({ kind: 'ended' });
    expect(script.variables).toEqual({ value: true });
  });
});

it('networks of a host are listed for scripts', () => {
  const script = play('value = vcenter.network_list( host="esx1" )');
  script.run();
  expect(script.task()).toMatchObject({
    function: 'network_list',
    parameters: { datacenter: 'dc1', cluster: 'cl1', host: 'esx1', name_regex: null },
  });
  script.answer({ network_list: ['lan'] });
  script.run();
  expect(script.variables).toEqual({ value: ['lan'] });
});
