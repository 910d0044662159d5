import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ZoneContent } from '../src/zone-source.ts';

const run = promisify(execFile);

/** What BIND says of a zone, in the form it has it in memory. @throws Error with what it refuses */
export async function compiled(zone: ZoneContent): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-zone-'));
  try {
    const file = path.join(directory, 'zone');
    await writeFile(file, zone.text(1));
    // Names are looked up in the zone itself, and nowhere else.
    const args = ['-i', 'local', '-k', 'fail', '-s', 'full', '-o', '-', zone.name, file];
    const { stdout } = await run('named-compilezone', args);
    return stdout;
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new Error(`${stderr}\n${zone.text(1).slice(0, 20_000)}`, { cause: error });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Whether BIND would load all of these zones; the message says which it refuses. */
export async function checkZones(zones: Iterable<ZoneContent>): Promise<void> {
  for (const zone of zones) await compiled(zone);
}
