import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const text = readFileSync('docker-compose.yml', 'utf8');
const SECRETS = ['POSTGRES_PASSWORD', 'CONTRACTOR_ADMIN_PASSWORD', 'CONTRACTOR_SECRET_KEY'];
const settings = Object.fromEntries([...SECRETS, 'SUBCONTRACTOR_SITE'].map((name) => [name, 'x']));
const compose = (env: Readonly<Record<string, string>>) =>
  spawnSync('docker', ['compose', 'config', '--quiet'], {
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
  });
const hasCompose = spawnSync('docker', ['compose', 'version']).status === 0;

describe('the compose file', () => {
  it.each(SECRETS)('has no default for %s', (name) => {
    expect(text).toContain(`\${${name}:?`);
    expect(text).not.toMatch(new RegExp(`\\$\\{${name}:?-`));
  });

  it('gives the subcontractor credentials of its own, and NATS the configuration that the server writes', () => {
    expect(text).toContain('SUBCONTRACTOR_TOKEN: ${SUBCONTRACTOR_TOKEN:-}');
    expect(text).toContain('CONTRACTOR_NATS_CONFIG: /nats/contractor.conf');
    expect(text).toContain('include "../nats/contractor.conf"');
    expect(text).not.toMatch(/NATS_TOKEN|nats:\/\/[^n]/);
  });

  it('has the subcontractor keep its state in a volume, and gives it the time to stop', () => {
    expect(text).toContain('SUBCONTRACTOR_STATE: /state\n');
    expect(text).toContain("volumes: ['subcontractor:/state']");
    expect(text).toContain('stop_grace_period: 75s');
    expect(readFileSync('Dockerfile', 'utf8')).toContain('mkdir /state && chown node:node /state');
  });

  it('has BIND serve the zones that the server writes, with one key of rndc for both', () => {
    expect(text.match(/- zones:\/zones\n/g)).toHaveLength(2);
    expect(text).toContain('BIND_ZONE_DIRECTORY: /zones\n');
    expect(text).toContain('BIND_SERVER: bind\n');
    expect(text).toContain('BIND_RNDC_KEY: /zones/rndc.key\n');
    expect(readFileSync('Dockerfile', 'utf8')).toContain('bind9-utils');
    const folder = mkdtempSync(path.join(os.tmpdir(), 'contractor-compose-'));
    try {
      // What the container runs before it becomes BIND, in a folder of the test.
      const [, command = ''] =
        /entrypoint: \['sh', '-c'\]\n\s+command:\n\s+- >-\n([^]+?)\n\s+&& exec setpriv/.exec(text) ?? [];
      const script = command
        .replaceAll('\n', ' ')
        .replaceAll('/zones', folder)
        .replaceAll('/tmp/named', `${folder}/named`);
      const owner = `${process.getuid?.()}:${process.getgid?.()}`;
      execFileSync('sh', ['-c', script.replace('1000:1000', owner)], {
        env: { PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      writeFileSync(
        path.join(folder, 'dns.master'),
        'zone "lab.test." { type master; file "/zones/lab.test.zone"; };\n',
      );
      const read = execFileSync('named-checkconf', ['-p', path.join(folder, 'named.conf')], { encoding: 'utf8' });
      expect(read).toContain('zone "lab.test."');
      expect(read).toContain('key "contractor"');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const withClient = hasCompose ? it : it.skip;
  withClient(
    'is one that docker compose takes, and refuses to start without secrets (skipped without docker compose)',
    () => {
      expect(compose(settings)).toMatchObject({ status: 0, stderr: '' });
      expect(compose({}).status).not.toBe(0);
    },
  );
});
