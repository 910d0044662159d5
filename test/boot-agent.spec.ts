import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import type { AddressInfo, Server } from 'node:net';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AGENT, startAgentShell } from './agent-shell.ts';

const { at, put, sh } = await startAgentShell();
const json = async (line: string, options = {}): Promise<unknown> => JSON.parse(await sh(line, options));

describe('what the kernel was told', () => {
  it.each([
    ['argument mode', 'mode=mbr', 'mbr\n'],
    ['argument mode', 'mode=mbr mode=single_pass', 'single_pass\n'],
    ['argument mode || echo none', 'the_mode=mbr', 'none\n'],
    ['argument key', 'key=a=b', 'a=b\n'],
    ['argument key', 'key=*', '*\n'],
    ['image_name', 'initrd=disk-wipe.initrd', 'disk-wipe\n'],
    ['image_name', 'initrd=http://x/disks/set-rtc.initrd', 'set-rtc\n'],
    ['contractor_host', '', 'http://contractor\n'],
    ['contractor_host', 'contractor_host=https://c.corp/', 'https://c.corp\n'],
    ['document config', '', 'http://contractor/config/config/\n'],
    ['document config', 'config_uuid=u1', 'http://contractor/config/config/c/u1\n'],
  ])('%s of %j', async (line, cmdline, wanted) => {
    expect(await sh(line, { cmdline })).toBe(wanted);
  });
});

/** A server that closes each connection behind what it answers to the request. */
async function serve(answer: (asked: string) => string): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (asked) => socket.end(answer(asked.toString('latin1'))));
  });
  await new Promise<void>((ready) => void server.listen(0, '127.0.0.1', ready));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
const answered = (status: string, length: string, body: string): string =>
  `HTTP/1.1 ${status} X\r\nContent-Length: ${length}\r\n\r\n${body}`;

describe('what the server is asked', () => {
  let server: Server;
  let url: string;
  // A path says what is answered: its status, how many octets are announced, and what comes.
  beforeAll(async () => {
    ({ server, url } = await serve((asked) => {
      const [, status = '', length = '', body = ''] = /^\S+ \/(\d+)\/(\d+)\/(\S*)/.exec(asked) ?? [];
      return answered(status, length, body);
    }));
  });
  afterAll(() => void server.close());
  const cut = 'transfer closed with 5 bytes remaining to read';

  it.each([
    ['whole', '200/5/whole', '200/3/too', 'there\n', 'whole too'],
    ['empty', '200/0/', '200/3/too', 'there\n', ' too'],
    ['cut off', '200/9/none', '200/3/too', cut, undefined],
    ['cut off behind another one', '200/3/too', '200/9/none', cut, undefined],
    ['not there', '404/4/none', '200/3/too', 'status 404, none', undefined],
  ])('is a document that is %s', async (_, one, other, said, documents) => {
    for (const name of ['one', 'other']) await put(`run/${name}`, '');
    const line = `fetch ${url}/${one} $RUN/one ${url}/${other} $RUN/other && echo there || echo "$FAULT"`;
    expect(await sh(line)).toContain(said);
    if (documents === undefined) return;
    const texts = [await readFile(at('run/one')), await readFile(at('run/other'))];
    expect(texts.join(' ')).toBe(documents);
  });

  it('is no document where nothing is asked that could answer', async () => {
    const more = 'curl() { echo "no memory" >&2; return 137; }';
    expect(await sh('fetch http://x/ $RUN/one && echo there || echo "$FAULT"', { more })).toBe(
      'http://x/: no memory\n',
    );
    expect(await sh('call /x {} && echo there || echo "$FAULT"', { more })).toBe(
      'http://contractor is not reached: no memory\n',
    );
  });

  it.each([
    ['whole', '200/4/true', '0 200 true\n'],
    ['empty', '200/0/', '0 200 \n'],
    ['cut off', '200/9/true', '1 200 '],
    ['that there is no such object', '404/4/none', '1 404 none\n'],
    ['that nobody is logged in', '401/0/', '2 401 \n'],
  ])('is an action, and the answer is %s', async (_, path, said) => {
    await put('run/answer', '"of the call before"');
    const cmdline = `contractor_host=${url}`;
    const shown = await sh(`call /${path} {}; printf '%s %s %s\n' $? $CODE "$(cat $RUN/answer)"`, { cmdline });
    expect(shown).toMatch(new RegExp(`^${said}`));
    if (said.startsWith('1 200')) {
      expect(await sh(`call /${path} {}; echo "$FAULT"`, { cmdline })).toContain(`is not reached: curl: (18) ${cut}`);
    }
  });
});

describe('a job', () => {
  it.each([
    ['is told', ['200'], 'status 0\n'],
    ['is told again where its answer was lost', ['', '503', '200'], 'status 0\n'],
    ['may be over by then', ['', '404'], 'status 0\n'],
    ['is not to be over before', ['404'], 'failed: .* is answered with status 404: '],
    ['may refuse it', ['', '400'], 'failed: .* is answered with status 400: '],
  ])('that a machine has done its part %s', async (_, statuses, said) => {
    const left = [...statuses];
    const { server, url } = await serve(() => {
      const status = left.shift() ?? '';
      return status === '' ? '' : answered(status, '0', '');
    });
    try {
      const more = 'LOGIN_NAME=@job-7 JOB=7 image=disk-wipe; sleep() { :; }; failed() { echo "failed: $1"; exit; }';
      const shown = await sh('complete; echo "status $?"', { cmdline: `contractor_host=${url}`, more });
      expect(shown).toMatch(new RegExp(`^${said}`));
      expect(left).toEqual([]);
    } finally {
      server.close();
    }
  });
});

const tlv = (kind: number, value: Buffer | string): Buffer => {
  const of = Buffer.from(value);
  return Buffer.concat([Buffer.from([(kind << 1) | (of.length >> 8), of.length & 0xff]), of]);
};
/** What a switch says, as it is listened to. */
const frame = (port: Buffer | string, { tag = '', alias = '' } = {}): string =>
  ` ${(
    Buffer.concat([
      Buffer.from(`0180c200000eaabbccddeeff${tag}88cc`, 'hex'),
      tlv(1, Buffer.from('04001122334455', 'hex')),
      tlv(2, port),
      tlv(3, Buffer.from([0, 120])),
      ...(alias ? [tlv(4, alias)] : []),
      tlv(5, 'switch1.corp'),
      tlv(127, Buffer.alloc(300)),
      tlv(0, ''),
    ])
      .toString('hex')
      .match(/../g) ?? []
  ).join(' ')}\n`;
const SWITCH = { mac: '00:11:22:33:44:55', name: 'switch1.corp' };

describe('JSON', () => {
  it.each(['', 'plain ][!^_`{}~ text', 'a "b" \\c\\', 'two\nlines\tand é', "it's $(not) run", '\u0001\u007f'])(
    'has %j as a text',
    async (text) => {
      // A shell keeps no zero, and the agent leaves out what no console shows.
      // oxlint-disable-next-line no-control-regex
      const kept = text.replaceAll(/[\u0001-\u0008\u007f]/g, '');
      expect(await json('quoted "$TEXT"', { more: `TEXT='${text.replaceAll("'", `'\\''`)}'` })).toBe(kept);
    },
  );

  it('gives variables what filters find, and nothing where there is nothing', async () => {
    await put('run/answer', JSON.stringify({ a: `it's "$(x)"\n2`, b: { c: 1 }, n: null, f: false }));
    const filters = `a=.a b=.b c=.b.c n=.n f=.f none=.z s='.b | strings'`;
    const shown = `printf '[%s]' "$a" "$b" "$c" "$n" "$f" "$none" "$s"`;
    expect(await sh(`n=old; assign $RUN/answer ${filters}; ${shown}`)).toBe(
      `[it's "$(x)"\n2][{"c":1}][1][][false][][]`,
    );
    await put('run/answer', 'no JSON');
    expect(await sh(`a=old; assign $RUN/answer a=.a 2>/dev/null; printf '[%s]' "$a"`)).toBe('[]');
  });
});

describe('switch ports', () => {
  it.each([
    ['three numbers', frame('\u0005Gi1/0/12'), { slot: 1, port: 0, subport: 12 }],
    ['two numbers', frame('\u0005Ethernet1/7'), { slot: 1, port: 7, subport: 0 }],
    ['one number', frame('\u0005swp12'), { slot: 0, port: 12, subport: 0 }],
    ['a frame with a VLAN', frame('\u0005swp12', { tag: '81000005' }), { slot: 0, port: 12, subport: 0 }],
    [
      'a port that is a MAC',
      frame(Buffer.from('03aabbccddeeff', 'hex'), { alias: 'port 3' }),
      { slot: 0, port: 3, subport: 0 },
    ],
  ])('of %s', async (_, input, wanted) => {
    expect(await json('neighbour', { input })).toEqual({ ...SWITCH, ...wanted });
  });

  it.each([
    ['nothing', ''],
    ['a frame that is cut off', ' 01 80 c2 00 00 0e aa bb\n'],
    ['a port without a number', frame('\u0005uplink')],
  ])('none of %s', async (_, input) => {
    expect(await json('neighbour', { input })).toBeNull();
  });
});

describe('hardware', () => {
  const DMI = [
    'System Information',
    '\tManufacturer: Acme "Blade" \\ Co',
    '\tSerial Number: SN0001',
    '\tUUID: 11111111-2222-3333-4444-0000000000aa',
    '',
    'Processor Information',
    '\tID: 63 06 00 00 FF FB 8B 07',
    '\tFlags:',
    '\t\tFPU (Floating-point unit on-chip)',
    '',
    'Memory Device',
    '\tSize: 16 GB',
    '',
    'Memory Device',
    '\tSize: No Module Installed',
    '',
  ].join('\n');

  it('is what the firmware says, in lists by kind', async () => {
    expect(await json('dmi', { input: DMI })).toEqual({
      System: [
        { Manufacturer: 'Acme "Blade" \\ Co', 'Serial Number': 'SN0001', UUID: '11111111-2222-3333-4444-0000000000aa' },
      ],
      Processor: [{ ID: '63 06 00 00 FF FB 8B 07' }],
      'Memory Device': [{ Size: '16 GB' }, { Size: 'No Module Installed' }],
    });
    expect(await json('dmi', { input: '' })).toEqual({});
  });

  it('has memory as installed, and processors as the kernel counts them', async () => {
    await put('proc/meminfo', 'MemTotal:       16303456 kB\n');
    const cpu = (n: number) => `processor\t: ${n}\nmodel name\t: Fast CPU @ 3 GHz\nphysical id\t: ${n % 2}\n`;
    await put('proc/cpuinfo', [0, 1, 2, 3].map(cpu).join('\n'));
    await put('sys/bus/pci/devices/0000:00:02.0/vendor', '0x8086\n');
    await put('sys/bus/pci/devices/0000:00:02.0/device', '0x1533\n');
    await put('sys/bus/pci/devices/0000:00:02.0/class', '0x020000\n');
    await writeFile(at('dmi.txt'), DMI);
    const found = (await json('hardware', { more: `dmidecode() { cat ${at('dmi.txt')}; }` })) as { dmi: object };
    expect(found).toEqual({
      dmi: expect.objectContaining({ System: [expect.anything()] }),
      pci: { '0000:00:02.0': { vendor: '0x8086', device: '0x1533', class: '0x020000' } },
      total_ram: 16_384,
      total_cpu_count: 4,
      total_cpu_sockets: 2,
      cpu_model: 'Fast CPU @ 3 GHz',
    });
    expect(await json('hardware', { more: 'dmidecode() { :; }' })).toMatchObject({ dmi: {}, total_ram: 15_921 });
  });

  it('has interfaces with a device alone, and says over which one it talks', async () => {
    for (const [name, mac] of [
      ['eth0', '52:54:00:00:00:01'],
      ['eth1', '52:54:00:00:00:02'],
      ['lo', '00:00:00:00:00:00'],
    ] as const) {
      await put(`sys/class/net/${name}/address`, `${mac}\n`);
      if (name !== 'lo') await mkdir(at('sys/class/net', name, 'device'));
    }
    await put('run/interface', 'eth1\n');
    await put('run/lldp.eth0', ` 01 80 c2 00 00 0e aa bb\n${frame('\u0005swp1')}`);
    const near = { ...SWITCH, slot: 0, port: 1, subport: 0 };
    expect(await json('neighbours')).toEqual({ eth0: near });
    expect(await json('network_map')).toEqual({
      eth0: { mac: '52:54:00:00:00:01', lldp: near },
      eth1: { mac: '52:54:00:00:00:02', primary: true },
    });
    expect(await sh('wanted_interfaces')).toBe('eth0\neth1\n');
    expect(await sh('wanted_interfaces', { cmdline: 'interface_mac=52-54-00-00-00-02' })).toBe('eth1\n');
    expect(await sh('wanted_interfaces', { cmdline: 'interface=eth0' })).toBe('eth0\n');
    expect(await sh('wanted_interfaces || echo "$FAULT"', { cmdline: 'interface_mac=00:00:00:00:00:09' })).toBe(
      'no interface has the MAC 00:00:00:00:00:09 that the boot script names\n',
    );
  });

  const identified = (uuid: string, addresses: string) => {
    const firmware = `dmidecode() { [ "$1" = -q ] && return; [ "$2" = system-uuid ] && echo "${uuid}" || echo x; }`;
    return sh('identifier', { more: `${firmware}; macs() { echo ${addresses}; }` });
  };

  it('is identified by its firmware', async () => {
    const known = await identified('11111111-2222-3333-4444-0000000000aa', 'a');
    expect(known).toMatch(/^[0-9a-f]{64}\n$/);
    expect(await identified('11111111-2222-3333-4444-0000000000aa', 'b')).toBe(known);
    expect(await identified('11111111-2222-3333-4444-0000000000ab', 'a')).not.toBe(known);
  });

  it.each([
    '',
    'Not Settable',
    '00000000-0000-0000-0000-000000000000',
    'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
    '11111111-1111-1111-1111-111111111111',
    '03000200-0400-0500-0006-000700080009',
    '03020100-0504-0706-0809-0A0B0C0D0E0F',
  ])('is identified by its MACs where its UUID is %j, which others have too', async (uuid) => {
    expect(await identified(uuid, 'a')).not.toBe(await identified(uuid, 'b'));
  });

  it('has the address of a management processor', async () => {
    const input = [
      'Set in Progress         : Set Complete',
      'Auth Type Enable        : Callback : MD2 MD5 ',
      '                        : User     : MD2 MD5 ',
      'IP Address              : 10.0.0.9',
      'Subnet Mask             : 255.255.255.0',
      'MAC Address             : 00:25:90:aa:bb:cc',
      'Default Gateway IP      : 0.0.0.0',
      '802.1q VLAN ID          : Disabled',
    ].join('\n');
    expect(await json('bmc_lan', { input })).toEqual({
      type: 'ipmi',
      ip_address: '10.0.0.9',
      netmask: '255.255.255.0',
      mac: '00:25:90:aa:bb:cc',
    });
  });
});

describe('disks', () => {
  const SECTORS = 20_480;
  const MIB = 1024 * 1024;
  const disk = async (name: string, files: Readonly<Record<string, string | number>>) => {
    for (const [file, value] of Object.entries({ size: SECTORS, removable: 0, ro: 0, ...files })) {
      await put(`sys/block/${name}/${file}`, `${value}\n`);
    }
  };
  const filled = () => writeFile(at('dev/sda'), Buffer.alloc(SECTORS * 512, 0xaa));
  const where = async (value: number): Promise<readonly number[]> => {
    const octets = await readFile(at('dev/sda'));
    return Array.from({ length: (SECTORS * 512) / MIB }, (_, n) => n).filter((n) =>
      octets.subarray(n * MIB, (n + 1) * MIB).every((one) => one === value),
    );
  };
  const MIDDLE = [1, 2, 3, 4, 5, 6, 7, 8];

  beforeAll(async () => {
    await disk('sda', {
      'device/model': 'Fast Disk   ',
      'device/vpd_pg80': '\0\u0080\0\u0004WD-1',
      'queue/rotational': 1,
    });
    await put('sys/block/sda/device/vpd_pg80', Buffer.concat([Buffer.from([0, 0x80, 0, 4]), Buffer.from('WD-1')]));
    await disk('nvme0n1', { size: 1_875_385_008, 'device/serial': 'S1    ' });
    await disk('vdb', { serial: 'v' });
    await disk('sdb', { removable: 1 });
    await disk('sdc', { ro: 1 });
    await disk('sdd', { size: 0 });
    await disk('nvme0c0n1', { hidden: 1 });
    for (const name of ['loop0', 'ram0', 'sr0', 'dm-0', 'md127', 'mmcblk0boot0']) await disk(name, {});
    await put('sys/block/sda/sda1/partition', '1\n');
    await put('sys/block/sda/sda1/size', '2048\n');
    await symlink('sda', at('dev/sda1'));
  });

  it('are those that stay in the machine, with what tells them apart', async () => {
    expect(await sh('disks')).toBe('nvme0n1\nsda\nvdb\n');
    expect(await json('disk_list')).toEqual([
      { name: 'nvme0n1', size: 960, octets: 960_197_124_096, rotational: false, serial: 'S1' },
      { name: 'sda', size: 0, octets: SECTORS * 512, rotational: true, serial: 'WD-1', model: 'Fast Disk' },
      { name: 'vdb', size: 0, octets: SECTORS * 512, rotational: false, serial: 'v' },
    ]);
    expect(await sh('partitions sda')).toBe('sda1\n');
  });

  it.each([
    ['mbr', [0, 9], MIDDLE],
    ['partition_tables', [0, 9], MIDDLE],
    ['extended_partition_tables', [0, 9], MIDDLE],
    ['single_pass', [0, ...MIDDLE, 9], []],
    ['multi_pass', [0, ...MIDDLE, 9], []],
  ])('are wiped by %s', async (mode, zeros, kept) => {
    await filled();
    await sh(`wipe sda ${mode}`, { more: 'progress() { :; }' });
    expect([await where(0), await where(0xaa)]).toEqual([zeros, kept]);
  });

  it('are not wiped by a mode that there is not, or where they cannot be written', async () => {
    await filled();
    expect(await sh('wipe sda twice || cat $RUN/dd')).toMatch(/^"twice" is no mode: mbr, /);
    expect(await where(0)).toEqual([]);
    expect(await sh('wipe gone mbr || cat $RUN/dd')).toContain('No such file');
  });
});

describe('the seed of cloud-init', () => {
  const more = 'fetch() { while [ $# -gt 0 ]; do printf \'%s %s\\n\' "$1" "${2##*/}"; shift 2; done; }';

  it.each([
    ['config_uuid=u1', 'c/u1/'],
    ['', ''],
  ])('is what the server has for the machine: %j', async (cmdline, who) => {
    expect(await sh('write_seed /seed', { cmdline, more })).toBe(
      ['meta-data', 'user-data', 'vendor-data', 'network-config']
        .map((name) => `http://contractor/config/cloud_init/${who}${name} ${name}\n`)
        .join(''),
    );
  });

  it('is not written where the server has none', async () => {
    const none = 'fetch() { FAULT="$1: status 404"; return 1; }';
    expect(await sh('write_seed /seed || echo "$FAULT"', { more: none })).toBe(
      'http://contractor/config/cloud_init/meta-data: status 404\n',
    );
  });
});

describe('images of operating systems', () => {
  const more = `. ${AGENT}/images/linux-installer`;
  it.each([
    ['http://x/debian.raw', 'raw'],
    ['http://x/debian.raw.gz', 'raw.gz'],
    ['http://x/debian.img.xz', 'raw.xz'],
    ['http://x/debian.zst', 'raw.zst'],
    ['http://x/debian.qcow2', 'qcow2'],
  ])('%s is %s', async (url, format) => {
    expect(await sh(`format_of ${url}; unpacker ${format} || echo none`, { more })).toMatch(new RegExp(`^${format}\n`));
  });

  it.each([
    [0, '', 'no'],
    [7, 'Connection refused', 'yes'],
    [18, 'transfer closed with 5 bytes remaining to read', 'yes'],
    [22, 'The requested URL returned error: 404', 'no'],
    [22, 'The requested URL returned error: 503', 'yes'],
    [23, 'Failed writing body', 'no'],
  ])('that curl ends with status %d and %j for come again: %s', async (status, said, again) => {
    await put('run/curl_status', `${status}\n`);
    await put('run/curl', `curl: (${status}) ${said}\n`);
    expect(await sh('broken_off && echo yes || echo no', { more })).toBe(`${again}\n`);
  });

  const IMAGE = { url: 'http://x/a.raw', sha256: '0'.repeat(64) };
  it.each([
    ['there is no image debian-13', { _os_image: { url: null, fault: 'there is no image debian-13' } }],
    ['os_image must be NAME, or NAME:VERSION', { _os_image: { fault: 'os_image must be NAME, or NAME:VERSION' } }],
    ['the image has no url', { os_image: { ...IMAGE, url: null } }],
    ['the image has no sha256 of 64 digits, but ""', { os_image: { ...IMAGE, sha256: 7 } }],
    [
      'the configuration names no image: _os_image or os_image has to be a map with url and sha256, and is debian-13',
      { os_image: 'debian-13' },
    ],
    [
      'images of the format "vmdk" cannot be written: raw, raw.gz, raw.xz, raw.zst, raw.bz2',
      {
        _os_image: { ...IMAGE, format: 'vmdk' },
        os_image: IMAGE,
      },
    ],
  ])('are not written where %s', async (fault, config) => {
    await put('run/config', JSON.stringify(config));
    const machine = 'job_image() { :; }; failed() { echo "$1"; exit; }';
    expect(await sh('run_image', { more: `${more}\n${machine}` })).toBe(`${fault}\n`);
  });

  it.each([
    [{}, 'nvme0n1\n'],
    [{ install_device: '/dev/sda' }, 'sda\n'],
    [{ target_drives: ['sda', 'vdb'], install_device: '/dev/vdb' }, 'sda\n'],
    [{ install_device: '/dev/sdz' }, 'sdz\nnone\n'],
  ])('with %j go to %j', async (config, wanted) => {
    await put('run/config', JSON.stringify(config));
    expect(await sh('wanted; target "nvme0n1\nsda\nvdb" || echo none', { more })).toBe(wanted);
  });
});
