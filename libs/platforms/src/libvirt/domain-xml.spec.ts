import { describe, expect, it } from '@jest/globals';
import { domainXml, readDomain, type DomainDefinition } from './domain-xml.ts';
import { readXml, xmlText, element } from './xml.ts';

const definition: DomainDefinition = {
  uuid: '11111111-2222-5333-8444-555555555555',
  task: '17-1',
  vm: {
    name: 'node01',
    cpu_count: 2,
    memory_size: 2048,
    disk_list: [],
    interface_list: [],
    boot_order: ['network', 'hd'],
  },
  guest: { type: 'kvm', arch: 'x86_64' },
  disks: [
    { kind: 'volume', pool: 'default', volume: 'node01.sda.qcow2', format: 'qcow2' },
    { kind: 'cd', file: '/isos/debian.iso' },
    { kind: 'file', file: '/images/old.qcow2', format: 'qcow2' },
  ],
  interfaces: [
    { mac: '52:54:00:00:00:01', kind: 'network', network: 'lan' },
    { mac: '52:54:00:00:00:02', kind: 'bridge', network: 'br0' },
  ],
};
const read = (changes: Partial<DomainDefinition> = {}) => readXml(domainXml({ ...definition, ...changes }));

describe('the document of a domain', () => {
  it('says what it is called, what it has, and who made it', () => {
    const domain = read();
    expect(domain.attribute('type')).toBe('kvm');
    expect(['name', 'uuid', 'title', 'memory', 'vcpu', 'metadata'].map((path) => domain.first(path)?.text())).toEqual([
      'node01',
      definition.uuid,
      'node01',
      '2048',
      '2',
      '17-1',
    ]);
    expect(domain.first('memory')?.attribute('unit')).toBe('MiB');
    expect(domain.all('os/boot').map((boot) => boot.attribute('dev'))).toEqual(['network', 'hd']);
  });

  it('has a target of its own for each disk and each CD', () => {
    const disks = read().all('devices/disk');
    const source = (disk: (typeof disks)[number]) => disk.first('source')!;
    expect(
      disks.map((disk) => [disk.attribute('device'), disk.first('target')?.attribute('dev'), disk.attribute('type')]),
    ).toEqual([
      ['disk', 'sda', 'volume'],
      ['cdrom', 'sdb', 'file'],
      ['disk', 'sdc', 'file'],
    ]);
    expect(disks.map((disk) => disk.first('driver')?.attribute('type'))).toEqual(['qcow2', 'raw', 'qcow2']);
    expect([source(disks[0]!).attribute('pool'), source(disks[1]!).attribute('file')]).toEqual([
      'default',
      '/isos/debian.iso',
    ]);
  });

  it('has its interfaces in their order, on networks of libvirt and on bridges', () => {
    const cards = read().all('devices/interface');
    expect(
      cards.map((card) => [
        card.attribute('type'),
        card.first('mac')?.attribute('address'),
        card.first('source')?.attribute('network'),
        card.first('source')?.attribute('bridge'),
      ]),
    ).toEqual([
      ['network', '52:54:00:00:00:01', 'lan', ''],
      ['bridge', '52:54:00:00:00:02', '', 'br0'],
    ]);
  });

  it('leaves the machine to the host unless one is wanted, and takes the processor that fits', () => {
    expect(read().first('os/type')?.attribute('machine')).toBe('');
    expect(read().first('cpu')?.attribute('mode')).toBe('host-passthrough');
    const imitated = read({ guest: { type: 'qemu', arch: 'x86_64', machine: 'q35' } });
    expect(imitated.first('os/type')?.attribute('machine')).toBe('q35');
    expect(imitated.first('cpu')?.attribute('mode')).toBe('maximum');
    expect(read({ guest: { type: 'test', arch: 'i686' } }).first('cpu')).toBeUndefined();
  });

  it('escapes every value', () => {
    const nasty = `a"b'<c>&amp;]]></domain><x y="`;
    const domain = read({
      vm: { ...definition.vm, name: nasty },
      task: nasty,
      disks: [{ kind: 'cd', file: nasty }],
      interfaces: [{ mac: nasty, kind: 'bridge', network: nasty }],
    });
    expect([
      domain.first('name')?.text(),
      domain.first('metadata/contractor:task')?.text(),
      domain.first('devices/disk/source')?.attribute('file'),
      domain.first('devices/interface/source')?.attribute('bridge'),
    ]).toEqual([nasty, nasty, nasty, nasty]);
    expect(() => read({ task: 'a\u0000b' })).toThrow('"a\\u0000b" has a character that XML cannot hold');
    expect(() => xmlText(element('a', { b: '\u0007' }))).toThrow('has a character that XML cannot hold');
  });

  it('is read again as it was written', () => {
    expect(readDomain(domainXml(definition))).toEqual({
      type: 'kvm',
      name: 'node01',
      uuid: definition.uuid,
      task: '17-1',
      macs: ['52:54:00:00:00:01', '52:54:00:00:00:02'],
      disks: [
        { pool: 'default', volume: 'node01.sda.qcow2', file: '' },
        { pool: '', volume: '', file: '/isos/debian.iso' },
        { pool: '', volume: '', file: '/images/old.qcow2' },
      ],
    });
  });
});

describe('a document that is read', () => {
  it.each([
    ['nothing', ''],
    ['no document', 'error: Domain not found'],
    ['elements that do not match', '<domain><name></domain>'],
    ['an entity that is not there', '<domain>&secret;</domain>'],
    ['attributes without quotes', '<domain type=kvm/>'],
  ])('is refused for %s', (_, text) => {
    expect(() => readXml(text)).toThrow();
  });

  it('of somebody else has no task, nor one of another namespace', () => {
    const domain = (metadata: string) => readDomain(`<domain><name>a</name><metadata>${metadata}</metadata></domain>`);
    expect(domain('').task).toBe('');
    expect(domain('<contractor:task xmlns:contractor="urn:other">1-1</contractor:task>').task).toBe('');
    expect(domain('<contractor:task xmlns:contractor="urn:contractor:task">1-1</contractor:task>').task).toBe('1-1');
  });
});
