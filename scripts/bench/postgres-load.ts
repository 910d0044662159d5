import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

/** How long one measurement takes, in seconds. */
export const SECONDS = 4;

/** What the database does by itself: transactions per second, and milliseconds on average. */
export interface Bare {
  readonly rate: number;
  readonly latency: number;
}

/** A text as SQL without colons, which pgbench would take for its own variables. */
const literal = (text: string): string => `E'${text.replaceAll(':', String.raw`\x3a`)}'`;

/** A row like that of an event, written by itself: what the log is measured against. */
export const BARE_TABLE = `
CREATE TABLE bare (
  position bigserial PRIMARY KEY, stream text NOT NULL, revision bigint NOT NULL, id uuid NOT NULL, type text NOT NULL,
  data text NOT NULL, meta text NOT NULL, UNIQUE (stream, revision)
)`;

/** One such row, new every time. */
export const bareInsert = (data: string, meta: string): string => `
  INSERT INTO bare (stream, revision, id, type, data, meta)
  VALUES (CAST(gen_random_uuid() AS text), 0, gen_random_uuid(), 'SiteDefined', ${literal(data)}, ${literal(meta)});`;

/** Runs one statement again and again with the database's own load program, prepared, one transaction each. */
export async function pgbench(url: string, directory: string, sql: string, clients: number): Promise<Bare> {
  const file = path.join(directory, 'bench.sql');
  await writeFile(file, sql);
  const options = ['-n', '-M', 'prepared', '-c', String(clients), '-j', '2', '-T', String(SECONDS), '-f', file, url];
  const child = spawn('pgbench', options, { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (text += part.toString()));
  await once(child, 'close');
  const rate = /tps = ([\d.]+)/.exec(text)?.[1];
  const latency = /latency average = ([\d.]+) ms/.exec(text)?.[1];
  if (rate === undefined || latency === undefined) {
    throw new Error(`pgbench (from the package postgresql-contrib) failed: ${text}`);
  }
  return { rate: Number(rate), latency: Number(latency) };
}
