import { refuse } from '#kernel';
import type { ConversionOptions, Converted } from './converted.ts';
import { fromCsv } from './from-csv.ts';
import { fromNetbox } from './from-netbox.ts';
import { fromT3kton } from './from-t3kton.ts';

/** What a site file can be made of. */
export const FORMATS = ['csv', 'netbox', 't3kton'] as const;
export type Format = (typeof FORMATS)[number];

/** Makes a site file of files of another format. @throws Refusal */
export function convert(format: Format, files: ReadonlyMap<string, string>, options: ConversionOptions): Converted {
  const [first, ...more] = files;
  if (!first) throw refuse('files', 'BLANK', 'there is no file to convert');
  if (format === 'netbox') return fromNetbox(files, options);
  if (more.length > 0) throw refuse('files', 'TOO_MANY', 'one file at a time');
  const [file, text] = first;
  return format === 'csv' ? fromCsv(file, text, options) : fromT3kton(file, text);
}
