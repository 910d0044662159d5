import { describe, expect, it } from '@jest/globals';
import { domainXml, readDomain, type DomainDefinition } from './domain-xml.ts';
import { element, written, Xml } from '../xml/xml.ts';

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
const read = (changes: Partial<DomainDefinition> = {}) => Xml.read(domainXml({ ...definition, ...changes }));

describe('the document of a domain', () => {
  it('says what it is called, what it has, and who made it', async () => {
    const domain = await read();
    expect(domain.attribute('type')).toBe('kvm');
    expect(['name', 'uuid', 'title', 'memory', 'vcpu', 'metadata'].map((name) => domain.at(name)?.text)).toEqual([
      'node01',
      definition.uuid,
      'node01',
      '2048',
      '2',
      '17-1',
    ]);
    expect(domain.at('memory')?.attribute('unit')).toBe('MiB');
    expect(domain.all('os', 'boot').map((boot) => boot.attribute('dev'))).toEqual(['network', 'hd']);
  });

  it('has a target of its own for each disk and each CD', async () => {
    const disks = (await read()).all('devices', 'disk');
    const source = (disk: (typeof disks)[number]) => disk.at('source')!;
    expect(
      disks.map((disk) => [disk.attribute('device'), disk.at('target')?.attribute('dev'), disk.attribute('type')]),
    ).toEqual([
      ['disk', 'sda', 'volume'],
      ['cdrom', 'sdb', 'file'],
      ['disk', 'sdc', 'file'],
    ]);
    expect(disks.map((disk) => disk.at('driver')?.attribute('type'))).toEqual(['qcow2', 'raw', 'qcow2']);
    expect([source(disks[0]!).attribute('pool'), source(disks[1]!).attribute('file')]).toEqual([
      'default',
      '/isos/debian.iso',
    ]);
  });

  it('has its interfaces in their order, on networks of libvirt and on bridges', async () => {
    const cards = (await read()).all('devices', 'interface');
    expect(
      cards.map((card) => [
        card.attribute('type'),
        card.at('mac')?.attribute('address'),
        card.at('source')?.attribute('network'),
        card.at('source')?.attribute('bridge'),
      ]),
    ).toEqual([
      ['network', '52:54:00:00:00:01', 'lan', undefined],
      ['bridge', '52:54:00:00:00:02', undefined, 'br0'],
    ]);
  });

  it('leaves the machine to the host unless one is wanted, and takes the processor that fits', async () => {
    expect((await read()).at('os', 'type')?.attribute('machine')).toBeUndefined();
    expect((await read()).at('cpu')?.attribute('mode')).toBe('host-passthrough');
    const imitated = await read({ guest: { type: 'qemu', arch: 'x86_64', machine: 'q35' } });
    expect(imitated.at('os', 'type')?.attribute('machine')).toBe('q35');
    expect(imitated.at('cpu')?.attribute('mode')).toBe('maximum');
    expect((await read({ guest: { type: 'test', arch: 'i686' } })).at('cpu')).toBeUndefined();
  });

  it('escapes every value', async () => {
    const nasty = `a"b'<c>&amp;]]></domain>\n\t<x y="`;
    const domain = await read({
      vm: { ...definition.vm, name: nasty },
      task: nasty,
      disks: [{ kind: 'cd', file: nasty }],
      interfaces: [{ mac: nasty, kind: 'bridge', network: nasty }],
    });
    expect([
      domain.at('name')?.text,
      domain.at('metadata', 'task')?.text,
      domain.at('devices', 'disk', 'source')?.attribute('file'),
      domain.at('devices', 'interface', 'source')?.attribute('bridge'),
    ]).toEqual([nasty, nasty, nasty, nasty]);
    expect(() => domainXml({ ...definition, task: 'a\u0000b' })).toThrow(
      'the text of "contractor:task" has a character that XML cannot hold',
    );
    expect(() => written(element('a', [], { b: '\u0007' }))).toThrow(
      'the text of "a b" has a character that XML cannot hold',
    );
  });

  it('is read again as it was written', async () => {
    expect(await readDomain(domainXml(definition))).toEqual({
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
  ])('is refused for %s', async (_, text) => {
    await expect(Xml.read(text)).rejects.toThrow();
  });

  it('of somebody else has no task, nor one of another namespace', async () => {
    const taskIn = async (metadata: string) =>
      (await readDomain(`<domain><name>a</name><metadata>${metadata}</metadata></domain>`)).task;
    expect(await taskIn('')).toBe('');
    expect(await taskIn('<contractor:task xmlns:contractor="urn:other">1-1</contractor:task>')).toBe('');
    expect(await taskIn('<contractor:task xmlns:contractor="urn:contractor:task">1-1</contractor:task>')).toBe('1-1');
  });
});
