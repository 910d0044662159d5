import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import type { StoredEvent } from '#event-store';
import type { EndRecord, Manifest } from './backup-format.ts';
import { FORMAT, FORMAT_VERSION, MAX_LINE, UnusableBackup } from './backup-format.ts';

/** Some of what a backup holds, in its order. */
export type BackupPart =
  | { readonly kind: 'manifest'; readonly manifest: Manifest }
  | { readonly kind: 'rows'; readonly table: string; readonly rows: readonly Row[] }
  | { readonly kind: 'events'; readonly events: readonly StoredEvent[] }
  /** Everything before it is as it was written. */
  | { readonly kind: 'end'; readonly end: EndRecord };

/** The values of a row of a ledger, as texts. */
export type Row = readonly (string | null)[];

/** Parts have at most so many rows or events, or so many characters. */
const MAX_PART = 500;
const MAX_PART_SIZE = 1_000_000;

type EventLine = readonly [string, string, number, string, string, string, string];

/** An event as a line of a backup. */
export const eventLine = ({ position, stream, revision, id, type, data, meta }: StoredEvent): EventLine => [
  position.toString(),
  stream,
  revision,
  id,
  type,
  data,
  meta,
];

const eventOf = ([position, stream, revision, id, type, data, meta]: EventLine): StoredEvent => ({
  position: BigInt(position),
  stream,
  revision,
  id,
  type,
  data,
  meta,
});

/** Reads a backup, part by part. @throws UnusableBackup where it is not whole, or was changed */
export async function* readBackup(file: string): AsyncGenerator<BackupPart> {
  const hash = createHash('sha256');
  const lines = linesOf(file, (text) => hash.update(text));
  try {
    yield* partsOf(file, lines, hash);
  } finally {
    // Closes the file also where only the first parts were wanted.
    await lines.return();
  }
}

async function* partsOf(file: string, lines: AsyncGenerator<string, void>, hash: Hash): AsyncGenerator<BackupPart> {
  const first = await lines.next();
  if (first.done) throw new UnusableBackup(`${file} is empty`);
  const manifest = manifestIn(parsed(first.value, file), file);
  yield { kind: 'manifest', manifest };

  let section: string | undefined;
  let part: unknown[] = [];
  let size = 0;
  let end: EndRecord | undefined;
  let events = 0;
  const rows: Record<string, number> = {};
  const take = (): BackupPart => {
    const taken = part;
    part = [];
    size = 0;
    if (section === undefined) return { kind: 'events', events: (taken as EventLine[]).map(eventOf) };
    return { kind: 'rows', table: section, rows: taken as Row[] };
  };
  for await (const line of lines) {
    if (end) throw new UnusableBackup(`${file} goes on behind its end record`);
    const value = parsed(line, file);
    if (Array.isArray(value)) {
      part.push(value);
      size += line.length;
      if (section === undefined) events += 1;
      else rows[section] = (rows[section] ?? 0) + 1;
      if (part.length >= MAX_PART || size >= MAX_PART_SIZE) yield take();
      continue;
    }
    if (part.length > 0) yield take();
    const { table, end: isEnd } = value as { readonly table?: string; readonly end?: true };
    if (isEnd) end = value as unknown as EndRecord;
    else section = table;
    if (section !== undefined) rows[section] ??= 0;
  }
  if (!end) throw new UnusableBackup(`${file} is not whole: it has no end record`);
  if (hash.digest('hex') !== end.sha256) throw new UnusableBackup(`${file} was changed: its checksum is another one`);
  if (events !== end.events || JSON.stringify(rows) !== JSON.stringify(end.rows)) {
    throw new UnusableBackup(`${file} does not hold as many rows and events as it says`);
  }
  yield { kind: 'end', end };
}

/** The manifest of a backup, of which nothing else is read. @throws UnusableBackup */
export async function readManifest(file: string): Promise<Manifest> {
  for await (const part of readBackup(file)) if (part.kind === 'manifest') return part.manifest;
  throw new UnusableBackup(`${file} is empty`);
}

function manifestIn(value: unknown, file: string): Manifest {
  const manifest = value as Partial<Manifest>;
  if (manifest.format !== FORMAT) throw new UnusableBackup(`${file} is no backup of contractor`);
  if (manifest.formatVersion !== FORMAT_VERSION) {
    throw new UnusableBackup(
      `${file} was made by contractor ${manifest.product}, in format ${manifest.formatVersion}; this version reads ${FORMAT_VERSION}`,
    );
  }
  return manifest as Manifest;
}

function parsed(line: string, file: string): Readonly<Record<string, unknown>> | readonly unknown[] {
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    throw new UnusableBackup(`${file} was changed, or is no backup: a line of it cannot be read`);
  }
}

/** The lines of a compressed file; every whole line but the last one, with its line feed, is told to `passed`. */
async function* linesOf(file: string, passed: (text: string) => void): AsyncGenerator<string, void> {
  const source = createReadStream(file);
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  gunzip.setEncoding('utf8');
  let pieces: string[] = [];
  let length = 0;
  let before: string | undefined;
  try {
    for await (const chunk of gunzip as AsyncIterable<string>) {
      let from = 0;
      for (let at = chunk.indexOf('\n'); at >= 0; at = chunk.indexOf('\n', from)) {
        pieces.push(chunk.slice(from, at));
        const line = pieces.join('');
        pieces = [];
        length = 0;
        from = at + 1;
        if (before !== undefined) passed(`${before}\n`);
        before = line;
        yield line;
      }
      pieces.push(chunk.slice(from));
      length += chunk.length - from;
      if (length > MAX_LINE) throw new UnusableBackup(`${file} has a line of more than ${MAX_LINE} characters`);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith('Z_')) throw error;
    throw new UnusableBackup(`${file} is not whole, or no backup: ${message}`, { cause: error });
  } finally {
    source.destroy();
    gunzip.destroy();
  }
  if (length > 0) throw new UnusableBackup(`${file} is not whole: its last line has no end`);
}
