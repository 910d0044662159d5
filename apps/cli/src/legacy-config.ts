import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Misuse } from './command.ts';

/** What the configuration file of the former command line, contractorcli, says. */
export interface LegacyConfig {
  /** Where it was read from. */
  readonly file: string;
  /** `http://host:port` */
  readonly host?: string;
  readonly proxy?: string;
  readonly username?: string;
  readonly password?: string;
}

const KEYS = ['host', 'proxy', 'username', 'password'] as const;

/** Where that file is if nobody says where. */
export const defaultLegacyFile = (environment: Readonly<Record<string, string | undefined>>): string =>
  path.join(environment['HOME'] || os.homedir(), '.contractorcli.ini');

/** Reads it; nothing where it is not there. @param isGiven it was named, so it has to be there @throws Misuse */
export async function legacyConfig(file: string, isGiven: boolean): Promise<LegacyConfig> {
  try {
    return { file, ...configIn(await readFile(file, 'utf8')) };
  } catch (error) {
    if (!isGiven && (error as NodeJS.ErrnoException).code === 'ENOENT') return { file };
    throw new Misuse(`Error reading config file: '${(error as Error).message}'`);
  }
}

/**
 * What such a file says in its section `[contractor]`, in lines `key: value` or `key = value`; empty values say nothing.
 * @throws Error with the number of the first line that says nothing (its text may hold a password)
 */
export function configIn(text: string): Omit<LegacyConfig, 'file'> {
  const config: Partial<Record<(typeof KEYS)[number], string>> = {};
  let section = '';
  for (const [n, line] of text
    .replace(/^\u{feff}/u, '')
    .split(/\r?\n/)
    .entries()) {
    if (/^\s*(?:[#;].*)?$/.test(line)) continue;
    const [, name] = /^\s*\[([^\]]*)\]\s*$/.exec(line) ?? [];
    if (name !== undefined) {
      section = name.trim().toLowerCase();
      continue;
    }
    const [, key = '', value = ''] = /^\s*([^:=\s]+)\s*[:=]\s*(.*?)\s*$/.exec(line) ?? [];
    if (key === '') throw new Error(`line ${n + 1} is neither a section nor "key: value"`);
    const known = KEYS.find((one) => one === key.toLowerCase());
    if (section === 'contractor' && known !== undefined && value !== '') config[known] = unquoted(value);
  }
  return config;
}

const unquoted = (value: string): string => /^(["'`])(.*)\1$/.exec(value)?.[2] ?? value;
