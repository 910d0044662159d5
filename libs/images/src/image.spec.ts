import { describe, expect, it } from '@jest/globals';
import { given, moment, rowsAfter } from '#testing';
import type { Image, ImageEvent } from './image.ts';
import { image, imageId } from './image.ts';
import { images, readImageName } from './images.ts';

const value: Image = {
  name: 'debian-12',
  version: '1',
  format: 'raw',
  size: 10,
  sha256: 'a'.repeat(64),
  url: null,
  description: '',
};
const defined: ImageEvent = { type: 'ImageDefined', data: value };

describe('a version of an image', () => {
  it('is added once, described anew, and deleted', () => {
    given(image).when({ type: 'DefineImage', data: value }).yields(defined);
    given(image, defined).when({ type: 'DefineImage', data: value }).refuses('name', 'TAKEN');
    given(image, defined)
      .when({ type: 'ChangeImage', data: { description: 'with nginx' } })
      .yields({ type: 'ImageDescribed', data: { description: 'with nginx' } });
  });

  it('is shown as its fold', () => {
    const described: ImageEvent = { type: 'ImageDescribed', data: { description: 'with nginx' } };
    const id = imageId('debian-12', '1');
    expect(rowsAfter(images, [id, defined], [id, described]).get('debian-12~1')).toEqual({
      ...value,
      description: 'with nginx',
      created: moment(1),
      updated: moment(2),
    });
  });

  it.each([
    ['debian-12', { name: 'debian-12', version: undefined }],
    [' debian-12:2026.1 ', { name: 'debian-12', version: '2026.1' }],
    ['', undefined],
    ['a:b:c', undefined],
    ['two words', undefined],
    ['a~b', undefined],
  ])('is named by a configuration: %j', (text, named) => {
    expect(readImageName(text)).toEqual(named);
  });
});
