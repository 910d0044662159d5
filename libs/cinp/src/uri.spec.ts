import { describe, expect, it } from '@jest/globals';
import { actionUri, modelUri, namespaceUri, parseUri, pathOf } from './uri.ts';

/** Processor time this process has had, in milliseconds: what else the machine does is of no matter to it. */
const processorTime = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

describe('a URI', () => {
  it.each<[string, string[], string[] | undefined, string | undefined]>([
    ['/api/v1/', [], undefined, undefined],
    ['/api/v1/Site', ['Site'], undefined, undefined],
    ['/api/v1/Site/', ['Site'], undefined, undefined],
    ['/api/v1/Site/Site', ['Site', 'Site'], undefined, undefined],
    ['/api/v1/Site/Site/', ['Site', 'Site'], undefined, undefined],
    ['/api/v1/Site/Site:a:', ['Site', 'Site'], ['a'], undefined],
    ['/api/v1/Site/Site:a:b:c:', ['Site', 'Site'], ['a', 'b', 'c'], undefined],
    ["/api/v1/Site/Site:-_.!~*'<>:", ['Site', 'Site'], ["-_.!~*'<>"], undefined],
    ['/api/v1/Site/Site:', ['Site', 'Site'], [''], undefined],
    ['/api/v1/Site/Site::', ['Site', 'Site'], [''], undefined],
    ['/api/v1/Site/Site:a::b:', ['Site', 'Site'], ['a', '', 'b'], undefined],
    ['/api/v1/Foreman/BaseJob(jobStats)', ['Foreman', 'BaseJob'], undefined, 'jobStats'],
    ['/api/v1/Building/Structure:3:(doCreate)', ['Building', 'Structure'], ['3'], 'doCreate'],
    ['/api/v1/Building/Structure:3:4:(getConfig)', ['Building', 'Structure'], ['3', '4'], 'getConfig'],
  ])('%s', (text, path, ids, action) => {
    expect(parseUri(text)).toEqual({ path, ids, action });
  });

  it.each([
    '',
    '/',
    '/api',
    '/api/v1',
    '/api/v2/',
    'api/v1/',
    ' /api/v1/',
    '/api/v1/ ',
    '/api/v1/\n',
    '*',
    '/api/v1/Site//Site',
    '/api/v1//',
    '/api/v1/Site/Site:a',
    '/api/v1/Site/Site:a b:',
    '/api/v1/Site/Site:é:',
    '/api/v1/Site/Site:a/b:',
    '/api/v1/Site/Site()',
    '/api/v1/Site/Site(x',
    "/api/v1/Site/Site(it's)",
    '/api/v1/Site/Site(x):a:',
    '/api/v1/Site/Site:a:(x)(y)',
    '/api/v1/Site/Site?x',
    '/api/v1/Site/%53ite',
  ])('is not %j', (text) => {
    expect(parseUri(text)).toBeUndefined();
  });

  it('is told apart in a moment, however long', () => {
    const long = `/api/v1/${'a/'.repeat(20_000)}${':'.repeat(20_000)} `;
    const before = processorTime();
    expect(parseUri(long)).toBeUndefined();
    expect(processorTime() - before).toBeLessThan(200);
  });

  it('is written the way it is read', () => {
    expect(parseUri(namespaceUri('Site'))?.path).toEqual(['Site']);
    expect(parseUri(modelUri('Site/Site'))?.path).toEqual(['Site', 'Site']);
    expect(parseUri(actionUri('Site/Site', 'getConfig'))?.action).toBe('getConfig');
  });
});

it.each([
  ['/api/v1/Site/Site', '/api/v1/Site/Site'],
  ['//api/v1/', '/api/v1/'],
  ['///api/v1//x', '/api/v1//x'],
  ['/api/v1/Site/Site%28getConfig%29', '/api/v1/Site/Site(getConfig)'],
  ['/api/v1/Site/Site%3aa%20b%3A', '/api/v1/Site/Site:a b:'],
  ['/api/v1/%C3%A9', '/api/v1/é'],
  ['/api/v1/%zz', '/api/v1/%zz'],
  ['/api/v1/%ff', '/api/v1/%ff'],
  ['/api/v1/?x=1?y', '/api/v1/'],
  ['/api/v1/#x', '/api/v1/'],
  ['/api/v1/%3Fx', '/api/v1/?x'],
  ['http://host:80/api/v1/?x', '/api/v1/'],
  ['HTTPS://host', ''],
  ['*', '*'],
])('the path of %s is %s', (target, path) => {
  expect(pathOf(target)).toBe(path);
});
