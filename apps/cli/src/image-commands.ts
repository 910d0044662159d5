import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Asked, Command, CommandOption, Tools } from './command.ts';
import { Misuse, nameOf, table, told, valueOf } from './command.ts';
import type { RestClient, Values } from './rest-client.ts';

const MODEL = 'Image/Image';
/** How long reading an image may take at the server, in milliseconds. */
const VERIFY_MS = 3600_000;

const COLUMNS = {
  NAME: ({ name }: Values) => name,
  VERSION: ({ version }: Values) => version,
  FORMAT: ({ format }: Values) => format,
  SIZE: ({ size }: Values) => size ?? '-',
  CREATED: ({ created }: Values) => String(created).replace(/\..*$/, ''),
  WHERE: ({ url }: Values) => url ?? 'here',
  DESCRIPTION: ({ description }: Values) => description,
};

const VERSION: CommandOption = { type: 'string', value: 'V', does: 'what the version is called; the date of today' };
const DESCRIPTION: CommandOption = { type: 'string', short: 'd', value: 'TEXT', does: 'what it is' };

/** `NAME:VERSION` or `NAME`, taken apart. */
function readName(text: string): { readonly name: string; readonly version: string | undefined } {
  const [name = '', version] = text.split(':', 2);
  return { name, version };
}

/** All versions of an image, or the one that is named, the oldest first. @throws Error where there is none */
async function versionsOf(client: RestClient, text: string): Promise<readonly Values[]> {
  const { name, version } = readName(text);
  const all = await client.list(MODEL, { filter: 'name', name });
  const found = version === undefined ? all : all.filter((one) => one['version'] === version);
  if (found.length === 0) throw new Error(`there is no image ${text}`);
  return inOrder(found);
}

const inOrder = (images: readonly Values[]): readonly Values[] =>
  images.toSorted((one, other) => {
    const [a, b] = [one, other].map(({ name, created }) => `${String(name)} ${String(created)}`) as [string, string];
    return a < b ? -1 : 1;
  });

const path = (id: unknown, action = ''): string => `${MODEL}/${encodeURIComponent(String(id))}${action}`;

const calledBy = ({ name, version }: Values): string => `${String(name)}:${String(version)}`;

const today = (): string => new Date().toISOString().slice(0, 10).replaceAll('-', '');

/** What a new version is called and described as. */
const saidOf = (asked: Asked): Values => ({
  name: nameOf(asked),
  version: valueOf(asked, 'version') ?? today(),
  ...(valueOf(asked, 'description') === undefined ? {} : { description: valueOf(asked, 'description') }),
});

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** Sends a file unless the server has it. @returns its checksum */
async function sent(file: string, expected: string | undefined, { client, progress }: Tools): Promise<string> {
  const { size } = await stat(file);
  progress.show(`reading ${file}`);
  const sha256 = await sha256Of(file);
  if (expected !== undefined && expected.toLowerCase() !== sha256) {
    throw new Error(`the SHA-256 of ${file} is ${sha256}, not ${expected}`);
  }
  const at = `images/${sha256}`;
  if (!(await client.has(at))) {
    let done = 0;
    await client.upload(at, size, () => {
      done = 0;
      return createReadStream(file, { highWaterMark: 1 << 18 }).on('data', (chunk) => {
        done += chunk.length;
        progress.show(`${Math.floor((done / size) * 100)} % of ${size} bytes sent`);
      });
    });
  }
  progress.end();
  return sha256;
}

const textOf = (value: unknown): string =>
  value === null || value === '' ? '-' : typeof value === 'string' ? value : JSON.stringify(value);

/** Commands about images of operating systems. */
export const imageCommands: Readonly<Record<string, Command>> = {
  'image list': {
    usage: '[NAME]',
    does: 'list images with their versions',
    names: [0, 1],
    run: async ({ names: [name] }, { client }) =>
      table(inOrder(await client.list(MODEL, name === undefined ? {} : { filter: 'name', name })), COLUMNS),
  },
  'image show': {
    usage: 'NAME[:VERSION]',
    does: 'show an image; without a version the newest one',
    names: [1, 1],
    needs: 'requires the name of an image',
    run: async (asked, { client }) => {
      const found = (await versionsOf(client, nameOf(asked))).at(-1) ?? {};
      const lines = Object.entries(found).map(([name, value]) => `${name}: ${textOf(value)}`);
      return told(lines.join('\n'), found);
    },
  },
  'image upload': {
    usage: 'NAME FILE [--version V] [--sha256 SUM] [--description TEXT]',
    does: 'add a version of an image: the file is sent to the server',
    about:
      'Images are raw disks, as they are or compressed by gzip or zstd. Sent again, a file that the server has is not sent anew.',
    names: [2, 2],
    needs: 'requires the name of an image, and a file',
    options: {
      version: VERSION,
      sha256: { type: 'string', value: 'SUM', does: 'what the checksum of the file has to be' },
      description: DESCRIPTION,
    },
    run: async (asked, tools) => {
      const sha256 = await sent(asked.names[1] ?? '', valueOf(asked, 'sha256'), tools);
      const made = await tools.client.create(MODEL, { ...saidOf(asked), sha256 });
      return told(`image ${calledBy(made)} is there: ${String(made['format'])}, ${String(made['size'])} bytes`, made);
    },
  },
  'image add': {
    usage: 'NAME --url URL --sha256 SUM [--version V] [--format FORMAT] [--size BYTES] [--description TEXT]',
    does: 'add a version of an image that lies elsewhere',
    names: [1, 1],
    needs: 'requires the name of an image',
    options: {
      url: { type: 'string', value: 'URL', does: 'where machines fetch it' },
      sha256: { type: 'string', value: 'SUM', does: 'the checksum of the file' },
      version: VERSION,
      format: { type: 'string', value: 'FORMAT', does: 'raw, raw.gz or raw.zst; else the URL tells' },
      size: { type: 'string', value: 'BYTES', does: 'how large the file is' },
      description: DESCRIPTION,
    },
    run: async (asked, { client }) => {
      const [url, sha256] = [valueOf(asked, 'url'), valueOf(asked, 'sha256')];
      if (url === undefined || sha256 === undefined) throw new Misuse('--url and --sha256 are needed');
      const [format, size] = [valueOf(asked, 'format'), valueOf(asked, 'size')];
      if (size !== undefined && !/^\d{1,15}$/.test(size)) throw new Misuse('--size must be a number of bytes');
      const made = await client.create(MODEL, {
        ...saidOf(asked),
        url,
        sha256: sha256.toLowerCase(),
        ...(format === undefined ? {} : { format }),
        ...(size === undefined ? {} : { size: Number(size) }),
      });
      return told(`image ${calledBy(made)} is there: ${String(made['format'])} at ${url}`, made);
    },
  },
  'image delete': {
    usage: 'NAME[:VERSION] [--force]',
    does: 'delete a version of an image, or all; refused while configurations name it',
    names: [1, 1],
    needs: 'requires the name of an image',
    options: { force: { type: 'boolean', does: 'delete it though configurations name it' } },
    run: async (asked, { client }) => {
      const found = await versionsOf(client, nameOf(asked));
      for (const { id } of found) {
        if (asked.options['force'] === true) await client.call(path(id, '/discard'));
        else await client.delete(path(id));
      }
      const deleted = found.map(calledBy);
      return told(`deleted ${deleted.join(', ')}`, deleted);
    },
  },
  'image verify': {
    usage: '[NAME[:VERSION]]',
    does: 'have the server read images, and tell which are no longer what they were',
    names: [0, 1],
    ofNow: true,
    run: async ({ names: [name] }, { client, progress }) => {
      const images = name === undefined ? inOrder(await client.list(MODEL)) : await versionsOf(client, name);
      const found: Values[] = [];
      for (const one of images) {
        progress.show(`reading ${calledBy(one)}`);
        const verified = (await client.call(path(one['id'], '/verify'), {}, VERIFY_MS)) as Values;
        found.push({ name: one['name'], version: one['version'], ...verified });
      }
      progress.end();
      const result = table(found, {
        NAME: ({ name: of }) => of,
        VERSION: ({ version }) => version,
        OUTCOME: ({ outcome }) => outcome,
        DETAIL: ({ detail }) => detail,
      });
      return { ...result, failed: found.some(({ outcome }) => outcome === 'corrupted' || outcome === 'missing') };
    },
  },
};
