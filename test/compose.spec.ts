import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
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

  const withClient = hasCompose ? it : it.skip;
  withClient(
    'is one that docker compose takes, and refuses to start without secrets (skipped without docker compose)',
    () => {
      expect(compose(settings)).toMatchObject({ status: 0, stderr: '' });
      expect(compose({}).status).not.toBe(0);
    },
  );
});
