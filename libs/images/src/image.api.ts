import { action, dateTime, defineModel, integer, shaped, text } from '#api';
import type { ImageFiles } from './image-files.ts';
import { imageUsers } from './image-users.ts';
import { ChangeImage, CreateImage, DeleteImage, DiscardImage } from './image.commands.ts';
import { IMAGE_FORMATS } from './image.ts';
import { images } from './images.ts';
import { verifiedShape, verifyImage } from './verify-image.ts';

export const imageFields = {
  id: text(81, { mode: 'RO', doc: 'Its name and its version, with `~` between them.' }),
  name: text(40, { mode: 'RC', required: true, doc: 'What configurations call it.' }),
  version: text(40, { mode: 'RC', required: true }),
  format: text(10, { mode: 'RC', choices: IMAGE_FORMATS, doc: 'Found out, where it is left out.' }),
  size: integer({ mode: 'RC', doc: 'Bytes of the file; null: it lies elsewhere, and nobody has said.' }),
  sha256: text(64, { mode: 'RC', required: true, doc: 'Of the file as it is fetched.' }),
  url: text(1000, { mode: 'RC', doc: 'Where it lies; null: at the server, where it was sent to before.' }),
  description: text(200, { default: '' }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};

/** Images of operating systems, which installers write to disks. */
export const imageModel = (files: ImageFiles) =>
  defineModel({
    path: 'Image/Image',
    doc: 'The disk of an installed operating system, in one version.',
    idField: 'id',
    fields: imageFields,
    rows: images,
    sites: 'none',
    present: (row, id) => ({ ...row, id }),
    create: (values) => new CreateImage(values),
    update: (id, values) => new ChangeImage(id, values),
    deletion: { command: (ids) => new DeleteImage(ids), users: imageUsers },
    filters: {
      name: {
        doc: 'All versions of one image.',
        parameters: { name: { type: { kind: 'String' } } },
        where: ({ name }) => ({ name: String(name) }),
      },
    },
    actions: {
      discard: action({
        doc: 'Deletes it, though configurations name it.',
        protocols: ['rest'],
        parameters: {},
        permission: { grant: 'Image.delete_image' },
        command: (id) => new DiscardImage(id),
      }),
      verify: action({
        doc: 'Reads the file at the server that answers, and tells whether it still is what it was.',
        protocols: ['rest'],
        parameters: {},
        returns: shaped(verifiedShape),
        permission: { grant: 'Image.view_image' },
        query: (id, _, { view }) => verifyImage(files, view, id),
      }),
    },
  });
