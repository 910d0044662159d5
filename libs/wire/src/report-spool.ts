import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '#kernel';
import { parseJson, writeJson } from '#kernel';
import type { KeptReport, ReportStore } from './kept-report.ts';
import { readReport } from './messages.ts';

/** At most this many reports are kept; beyond, a task stays at work until the wire holds its report. */
export const MAX_KEPT = 10_000;
/** At most this many files that could not be read are set aside; the oldest go first. */
export const MAX_SET_ASIDE = 100;
/** Reports kept for longer than this, in milliseconds, are set aside: nobody waits for them. */
export const MAX_KEPT_MS = 14 * 86_400_000;

/** A folder with reports that the wire does not hold yet, a file for each. */
export interface ReportSpool extends ReportStore {
  /** How many files could not be read and are set aside. */
  readonly setAside: number;
}

/**
 * Opens a folder of reports, and makes it where it is not there. A file that is no report, was cut off, or is too old, is
 * told and moved to `set-aside`. One process at a time may use a folder; who opens it sees to that.
 */
export async function openReportSpool(
  folder: string,
  {
    log,
    maxKept = MAX_KEPT,
    now = Date.now,
  }: { readonly log: Logger; readonly maxKept?: number; readonly now?: () => number },
): Promise<ReportSpool> {
  const aside = path.join(folder, 'set-aside');
  await mkdir(aside, { recursive: true, mode: 0o700 });
  const kept = new Map<string, KeptReport>();
  /** Files that are being written, or removed, one thing at a time. */
  const doing = new Map<string, Promise<void>>();
  let setAside = (await readdir(aside)).length;

  const putAside = async (name: string, reason: string): Promise<void> => {
    log.error('a kept result cannot be sent and is set aside', undefined, { file: path.join(aside, name), reason });
    await rename(path.join(folder, name), path.join(aside, `${now()}-${name}`));
    const names = (await readdir(aside)).toSorted();
    for (const oldest of names.slice(0, Math.max(0, names.length - MAX_SET_ASIDE))) await rm(path.join(aside, oldest));
    setAside = Math.min(names.length, MAX_SET_ASIDE);
  };

  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(folder, entry.name);
    const read = readKept(await readFile(file));
    const { mtimeMs } = await stat(file);
    if (!entry.name.endsWith(ENDING)) await putAside(entry.name, 'it was not written to its end');
    else if (typeof read === 'string') await putAside(entry.name, read);
    else if (now() - mtimeMs > MAX_KEPT_MS) await putAside(entry.name, 'it is too old');
    else kept.set(keyOf(read), read);
  }

  /** Does something with a file after whatever else is done with it. */
  const inTurn = (key: string, task: () => Promise<void>): Promise<void> => {
    const turn = (doing.get(key) ?? Promise.resolve()).catch(() => undefined).then(task);
    const ended = turn.finally(() => {
      if (doing.get(key) === ended) doing.delete(key);
    });
    doing.set(key, ended);
    return ended;
  };

  return {
    get room() {
      return kept.size < maxKept;
    },
    get kept() {
      return [...kept.values()];
    },
    get setAside() {
      return setAside;
    },
    async keep(report) {
      const key = keyOf(report);
      kept.set(key, report);
      await inTurn(key, () => writeFile(folder, `${key}${ENDING}`, textOf(report))).catch((error: unknown) => {
        kept.delete(key);
        throw error;
      });
    },
    async remove(report) {
      const key = keyOf(report);
      if (!kept.has(key)) return;
      await inTurn(key, () => rm(path.join(folder, `${key}${ENDING}`), { force: true }));
      kept.delete(key);
    },
  };
}

const ENDING = '.json';

/** Cookies are any text: the name of a file is made of them. */
const keyOf = ({ to, report }: KeptReport): string => hash(`${to}\0${report.cookie}`).slice(0, 40);
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A line with the hash of the next one. */
function textOf(report: KeptReport): string {
  const body = writeJson(report);
  return `${hash(body)}\n${body}\n`;
}

/** Reads a file. @returns what is wrong with it, in words, where it is no report */
function readKept(bytes: Buffer): KeptReport | string {
  const [sum, body = ''] = bytes.toString('utf8').split('\n');
  if (hash(body) !== sum) return 'it is damaged';
  const { to, site, module, report } = parseJson(body) as Partial<Record<keyof KeptReport, unknown>>;
  const read = readReport(new TextEncoder().encode(writeJson(report ?? null)));
  if (typeof to !== 'string' || typeof site !== 'string' || typeof module !== 'string' || !read.report) {
    return 'it is no report';
  }
  return { to, site, module, report: read.report };
}

/** Writes a file that is there whole or not at all, whenever the process, or the machine, ends. */
async function writeFile(folder: string, name: string, text: string): Promise<void> {
  const part = path.join(folder, `${name}.${randomUUID()}.part`);
  try {
    const file = await open(part, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path.join(folder, name));
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
