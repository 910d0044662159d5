import { describe, expect, it } from '@jest/globals';
import { Secret } from '#kernel';
import type { Order } from './container-request.ts';
import { containerRequest, imageReference } from './container-request.ts';
import { textOfLog } from './start-stop.ts';

const order = (changes: Partial<Order> = {}): Order => ({
  connection: { host: '192.0.2.10' },
  name: 'node01',
  docker_image: 'nginx:1',
  port_map: { '80/tcp': 5080, '53/udp': 5053, '443': 5443 },
  environment_map: { A: new Secret('b=c') },
  command: null,
  ...changes,
});
const request = (changes: Partial<Order> = {}) => containerRequest(order(changes), { task: '17-1', job: 17 });

describe('what an engine is asked for', () => {
  it('says which job it is for, and which ports of the host lead to it', () => {
    expect(request()).toEqual({
      Image: 'nginx:1',
      Env: ['A=b=c'],
      Labels: { 'contractor.job': '17', 'contractor.task': '17-1', 'contractor.foundation': 'node01' },
      ExposedPorts: { '80/tcp': {}, '53/udp': {}, '443/tcp': {} },
      HostConfig: {
        PortBindings: {
          '80/tcp': [{ HostPort: '5080' }],
          '53/udp': [{ HostPort: '5053' }],
          '443/tcp': [{ HostPort: '5443' }],
        },
        Binds: [],
      },
    });
  });

  it.each([
    ['sh -c "exit 3"', ['sh', '-c', 'exit 3']],
    [
      ['echo', 'a b'],
      ['echo', 'a b'],
    ],
  ])('has the command %j as words', (command, words) => {
    expect(request({ command })).toMatchObject({ Cmd: words });
  });

  it('has volumes where they are wanted, and the first network for its own', () => {
    const volume_map = { data: '/var/lib/data', '/srv/www': '/www:ro' };
    expect(request({ volume_map, network_list: ['web', 'db'] })).toMatchObject({
      HostConfig: { Binds: ['data:/var/lib/data', '/srv/www:/www:ro'], NetworkMode: 'web' },
    });
  });

  it.each([
    [{ port_map: { '80/icmp': 5080 } }, 'port_map: "80/icmp" must be a port such as 80/tcp'],
    [{ environment_map: { 'A=B': new Secret('x') } }, 'environment_map: "A=B" must be a name without "="'],
    [{ volume_map: { data: 'data' } }, 'volume_map: "data" must begin with "/"'],
    [{ volume_map: { data: '/data:shared' } }, 'volume_map: "/data:shared" may have ":ro" or ":rw" behind it'],
    [{ volume_map: { 'a:b': '/data' } }, 'volume_map: "a:b" must be a volume or a folder'],
    [{ command: 'echo "a' }, 'is not closed'],
  ] as const)('is refused by name where it cannot be: %j', (changes, message) => {
    expect(() => request(changes)).toThrow(message);
  });
});

describe('an image', () => {
  it.each([
    ['nginx', 'nginx:latest'],
    ['nginx:1', 'nginx:1'],
    ['registry:5000/team/web', 'registry:5000/team/web:latest'],
    ['registry:5000/team/web:2', 'registry:5000/team/web:2'],
    ['web@sha256:0123', 'web@sha256:0123'],
  ])('%s is %s: never all of its tags', (image, reference) => {
    expect(imageReference(image)).toBe(reference);
  });
});

describe('the log of a container', () => {
  const part = (stream: number, text: string) => {
    const head = Buffer.alloc(8);
    head.writeUInt8(stream);
    head.writeUInt32BE(text.length, 4);
    return Buffer.concat([head, Buffer.from(text)]);
  };
  it('is read without the heads of its parts', () => {
    expect(textOfLog(Buffer.concat([part(1, 'one\n'), part(2, 'two\n')]))).toBe('one\ntwo\n');
  });
  it('of a terminal has none', () => {
    expect(textOfLog(Buffer.from('one line\r\n'))).toBe('one line\r\n');
  });
});
