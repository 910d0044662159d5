import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ZoneContent } from '../src/zone-source.ts';

const run = promisify(execFile);

/** Of what the program tells of many zones, in bytes. */
const MAX_OUTPUT = 32 * 1024 * 1024;

/** What BIND says of a zone, in the form it has it in memory. @throws Error with what it refuses */
export const compiled = (zone: ZoneContent): Promise<string> =>
  inFolder([zone], async ([file = '']) => {
    // Names are looked up in the zone itself, and nowhere else.
    const args = ['-i', 'local', '-k', 'fail', '-s', 'full', '-o', '-', zone.name, file];
    return (await run('named-compilezone', args)).stdout;
  });

/** Whether BIND would load all of these zones; the message says which it refuses. */
export const checkZones = (zones: Iterable<ZoneContent>): Promise<void> => {
  const all = [...zones];
  // One program for all of them: it loads them as `named` does.
  return inFolder(all, async (files, directory) => {
    const configuration = path.join(directory, 'named.conf');
    const stanzas = files.map((file, n) => `zone "${all[n]?.name}" { type primary; file "${file}"; };\n`);
    await writeFile(configuration, stanzas.join(''));
    await run('named-checkconf', ['-z', configuration], { maxBuffer: MAX_OUTPUT });
  });
};

/** Writes zones into files, and removes them afterwards. @throws Error with what is refused, and the zones */
async function inFolder<R>(
  zones: readonly ZoneContent[],
  task: (files: readonly string[], directory: string) => Promise<R>,
): Promise<R> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-zone-'));
  try {
    const files = zones.map((_, n) => path.join(directory, `${n}.zone`));
    await Promise.all(files.map((file, n) => writeFile(file, zones[n]?.text(1) ?? '')));
    return await task(files, directory);
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    const texts = zones.map((zone) => zone.text(1)).join('\n');
    throw new Error(`${stdout}${stderr}\n${texts.slice(0, 20_000)}`, { cause: error });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
