import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Files in PEM. */
export interface TestPair {
  readonly cert: string;
  readonly key: string;
}

/** An authority of a test's own, in a temporary folder. */
export interface TestAuthority {
  /** Its certificate. */
  readonly ca: string;
  /** Signs a certificate. @param names as OpenSSL has them: `DNS:localhost,IP:127.0.0.1` */
  sign(name: string, names: string): Promise<TestPair>;
  /** Removes all files. */
  remove(): Promise<void>;
}

/** Makes one. Needs the program `openssl`. */
export async function testAuthority(name: string): Promise<TestAuthority> {
  const folder = await mkdtemp(join(tmpdir(), 'contractor-certificates-'));
  const openssl = (...args: readonly string[]) => run('openssl', args, { cwd: folder });
  const pair = (of: string): TestPair => ({ cert: join(folder, `${of}.pem`), key: join(folder, `${of}.key`) });
  const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const { cert: ca, key: caKey } = pair('ca');
  await openssl('req', '-x509', ...EC, '-keyout', caKey, '-out', ca, '-days', '2', '-subj', `/CN=${name}`);
  return {
    ca,
    async sign(of, names) {
      const { cert, key } = pair(of);
      const [request, extensions] = [join(folder, `${of}.csr`), join(folder, `${of}.ext`)];
      await writeFile(extensions, `subjectAltName=${names}\nextendedKeyUsage=serverAuth,clientAuth\n`);
      await openssl('req', '-new', ...EC, '-keyout', key, '-out', request, '-subj', `/CN=${of}`);
      const by = ['-CA', ca, '-CAkey', caKey, '-CAcreateserial'];
      await openssl('x509', '-req', '-in', request, ...by, '-out', cert, '-days', '2', '-extfile', extensions);
      return { cert, key };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
