import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { ChangedValues, NamePattern, NewValues } from '#api';
import {
  ChangeCommand,
  changeHandler,
  checkPattern,
  CreateCommand,
  DeleteCommand,
  deleteHandler,
  given,
  NAME,
} from '#api';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import type { Key } from '#read-store';
import type { imageFields } from './image.api.ts';
import { ImageFiles, SHA256 } from './image-files.ts';
import { WrongFormat } from './image-format.ts';
import type { Image, ImageFormat } from './image.ts';
import { image, imageId } from './image.ts';

const VERSION: NamePattern = {
  pattern: /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/,
  rule: 'letters, digits, "_", "." and "-", with a letter or a digit first',
};
const NAMED: NamePattern = { pattern: NAME, rule: 'letters, digits, "_" and "-", with a letter or a digit first' };

type Values = NewValues<typeof imageFields>;

/** Adds a version of an image: one whose file was sent to this server, or one that lies elsewhere. */
export class CreateImage extends CreateCommand<Values> {}
export class ChangeImage extends ChangeCommand<ChangedValues<typeof imageFields>> {}
export class DeleteImage extends DeleteCommand {}

/** Deletes a version of an image though configurations name it. */
export class DiscardImage extends NamedCommand {
  constructor(readonly key: Key) {
    super();
  }
}

/** What is known of the file of an image that is kept here; undefined: it does not lie here, or is none. */
type FoundFile = { readonly size: number; readonly format: ImageFormat } | { readonly flaw: string };

@CommandHandler(CreateImage)
class CreateImageHandler extends UnitOfWorkHandler<CreateImage, FoundFile | undefined> {
  @Inject(ImageFiles) private readonly files!: ImageFiles;

  /** Looks at the file once, before anything is decided. */
  override async prepare({ values: { url, sha256 } }: CreateImage): Promise<FoundFile | undefined> {
    if (url !== null) return undefined;
    const found = await this.files.find(sha256);
    if (!found) return { flaw: `this server has no file ${sha256}: send it first, or say where it lies (url)` };
    try {
      await this.files.keep(found);
      return { size: found.size, format: await this.files.formatOf(found) };
    } catch (error) {
      if (error instanceof WrongFormat) return { flaw: error.message };
      throw error;
    }
  }

  async decide(work: UnitOfWork, { values }: CreateImage, _: unknown, found: FoundFile | undefined): Promise<string> {
    const { name, version } = values;
    checkPattern(work, 'name', name, 'Invalid', NAMED);
    checkPattern(work, 'version', version, 'Invalid', VERSION);
    const id = imageId(name, version);
    const { stage } = await work.load(image, id);
    if (stage === 'active' || stage === 'deleting') {
      work.fault('version', 'TAKEN', `Image ${name} has a version ${version} already`);
      return id;
    }
    const data = found ? keptImage(work, values, found) : linkedImage(work, values);
    if (data) await work.decide(image, id, { type: 'DefineImage', data });
    return id;
  }
}

/** An image whose file lies here: what the file says holds, and what was said besides must be the same. */
function keptImage(work: UnitOfWork, values: Values, found: FoundFile): Image | undefined {
  if ('flaw' in found) {
    work.fault('sha256', 'NO_FILE', found.flaw);
    return undefined;
  }
  for (const field of ['size', 'format'] as const) {
    if (values[field] !== null && values[field] !== found[field]) {
      work.fault(field, 'DIFFERS', `the ${field} of the file is ${found[field]}, not ${values[field]}`);
    }
  }
  return { ...values, ...found, description: values.description ?? '', url: null };
}

/** An image that lies elsewhere: what is said of it is all there is. */
function linkedImage(work: UnitOfWork, values: Values): Image | undefined {
  const { url, sha256, format, size } = values;
  if (url === null || !/^https?:\/\/[^/\s]+\/\S*$/.test(url) || !URL.canParse(url)) {
    work.fault('url', 'INVALID_VALUE', 'must be a URL that begins with http:// or https://');
  }
  if (!SHA256.test(sha256)) work.fault('sha256', 'PATTERN', 'must be 64 hexadecimal digits in lower case');
  if (size !== null && size < 1) work.fault('size', 'RANGE', 'must be a number of bytes from 1');
  return { ...values, description: values.description ?? '', format: format ?? formatIn(url ?? '') };
}

/** The format that the ending of a URL tells. */
const formatIn = (url: string): ImageFormat => {
  const path = url.replace(/[?#].*$/, '');
  return path.endsWith('.gz') ? 'raw.gz' : /\.zstd?$/.test(path) ? 'raw.zst' : 'raw';
};

@CommandHandler(DiscardImage)
class DiscardImageHandler extends UnitOfWorkHandler<DiscardImage> {
  async decide(work: UnitOfWork, { key }: DiscardImage): Promise<void> {
    if (!(await work.decide(image, key, { type: 'CloseImage', data: {} }))) return;
    await work.decide(image, key, { type: 'DeleteImage', data: {} });
  }
}

export const imageHandlers = [
  CreateImageHandler,
  changeHandler(ChangeImage, (work, id, { description }) =>
    work.decide(image, id, { type: 'ChangeImage', data: given({ description: description ?? undefined }) }),
  ),
  deleteHandler(DeleteImage, 'Image/Image', image),
  DiscardImageHandler,
];
