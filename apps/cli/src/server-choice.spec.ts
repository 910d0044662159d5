import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ContextFile, MAX_CONTEXTS } from './context-file.ts';
import { configIn } from './legacy-config.ts';
import type { ServerOptions } from './server-choice.ts';
import { chooseServer } from './server-choice.ts';

let home: string;
let env: Record<string, string>;
let contexts: ContextFile;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'contractor-home-'));
  // A settings file that says nothing, whatever the working directory holds.
  await writeFile(path.join(home, 'empty.env'), '');
  env = { HOME: home, CONTRACTOR_SETTINGS: path.join(home, 'empty.env') };
  contexts = new ContextFile(env);
});
afterEach(() => rm(home, { recursive: true }));

const nobody = async (_: string) => false;
const choose = (options: ServerOptions = {}, more: Record<string, string> = {}, isThere = nobody) =>
  chooseServer(options, { ...env, ...more }, contexts, isThere);
const urlOf = async (...of: Parameters<typeof choose>) => (await choose(...of)).url;
const ini = (text: string) => writeFile(path.join(home, '.contractorcli.ini'), text);

describe('the server', () => {
  it('is the first one that something is said about', async () => {
    expect(await choose()).toMatchObject({ url: 'http://contractor', by: 'default', login: undefined });
    expect(await choose({}, {}, async (url) => url === 'http://127.0.0.1:8080')).toMatchObject({
      url: 'http://127.0.0.1:8080',
      by: 'this machine',
    });
    await ini('[contractor]\nhost: http://ini\n');
    expect(await urlOf()).toBe('http://ini');
    await writeFile(path.join(home, 'empty.env'), 'CONTRACTOR_PORT=81\n');
    expect(await urlOf()).toBe('http://127.0.0.1:81');
    const settings = { CONTRACTOR_HOST: '0.0.0.0', CONTRACTOR_PORT: '82' };
    expect(await urlOf({}, settings)).toBe('http://127.0.0.1:82');
    const url = { ...settings, CONTRACTOR_URL: 'https://url/' };
    expect(await urlOf({}, url)).toBe('https://url');
    await contexts.add('lab', { url: 'http://lab' });
    expect(await urlOf({}, url)).toBe('https://url');
    await contexts.use('lab');
    expect(await choose({}, url)).toMatchObject({
      url: 'http://lab',
      by: 'context lab',
      notice: 'the context lab is in use, so CONTRACTOR_URL does not count',
    });
    expect((await choose()).notice).toBeUndefined();
    await contexts.add('mill', { url: 'http://mill', proxy: 'http://proxy:3128' });
    expect(await choose({ context: 'mill' }, url)).toMatchObject({ url: 'http://mill', proxy: 'http://proxy:3128' });
    expect(await urlOf({ context: 'mill', server: 'http://given:9/' })).toBe('http://given:9');
    await expect(choose({ context: 'moon' })).rejects.toThrow('there is no context "moon"; there are lab, mill');
    await expect(choose({ server: 'moon' })).rejects.toThrow('"moon" is no address of a server');
  });

  it.each([
    [{ CONTRACTOR_HOST: '10.0.0.1' }, 'http://10.0.0.1:8080'],
    [{ CONTRACTOR_HOST: '::1', CONTRACTOR_PORT: '90' }, 'http://[::1]:90'],
    [{ CONTRACTOR_HOST: '::' }, 'http://127.0.0.1:8080'],
    [{ CONTRACTOR_HOST: 'http://old:8888', CONTRACTOR_PORT: '90' }, 'http://old:8888'],
  ])('listens as %j says, or is that', async (settings, url) => {
    expect(await urlOf({}, settings)).toBe(url);
  });

  it('is told names and passwords that are meant for it, and no others', async () => {
    await ini('[contractor]\nhost = http://ini\nusername = ada\npassword = "a b"\nproxy: http://proxy:1\n');
    const ada = { username: 'ada', password: 'a b' };
    expect(await choose()).toMatchObject({ login: ada, proxy: 'http://proxy:1' });
    expect(await choose({ server: 'http://ini/' })).toMatchObject({ login: ada });
    expect(await choose({ server: 'http://other' })).toMatchObject({ login: undefined, proxy: undefined });
    const bob = { CONTRACTOR_USERNAME: 'bob', CONTRACTOR_PASSWORD: 'b', CONTRACTOR_PROXY: 'http://proxy:2' };
    expect(await choose({ server: 'http://other' }, bob)).toMatchObject({
      login: { username: 'bob', password: 'b' },
      proxy: 'http://proxy:2',
    });
    expect(await choose({}, { CONTRACTOR_USERNAME: 'bob' })).toMatchObject({ login: ada });
    // Without a host, they are meant for the one that counts where nobody says which.
    await ini('[contractor]\nusername: ada\npassword: a b\n');
    expect(await choose()).toMatchObject({ url: 'http://contractor', login: ada });
    expect(await choose({}, { CONTRACTOR_URL: 'http://other' })).toMatchObject({ login: undefined });
  });

  it('may stand in a file that is named, which has to be there', async () => {
    const file = path.join(home, 'my.ini');
    await expect(choose({ config: file })).rejects.toThrow(`Error reading config file: 'ENOENT: no such file`);
    await writeFile(file, '[contractor]\nhost: http://mine\n');
    expect(await urlOf({ config: file }, { CONTRACTOR_URL: 'http://url' })).toBe('http://mine');
    await writeFile(file, '[contractor]\nusername: ada\npassword\n');
    await expect(choose({ config: file })).rejects.toThrow(`'line 3 is neither a section nor "key: value"'`);
  });
});

describe('a file of contractorcli', () => {
  it.each([
    ['', {}],
    ['host: http://a', {}],
    ['[other]\nhost: http://a', {}],
    ['\u{feff}; remark\n# remark\n[Contractor]\r\nHOST = http://a:80\r\nproxy:\nother: x\n', { host: 'http://a:80' }],
    ["[contractor]\npassword: 'a:b=c'\n", { password: 'a:b=c' }],
    ['[contractor]\npassword= a=b \n', { password: 'a=b' }],
  ])('%j says', (text, config) => {
    expect(configIn(text)).toEqual(config);
  });
});

describe('contexts', () => {
  it('are kept in a file that only its owner can read, and are no more than so many', async () => {
    await contexts.add('a', { url: 'http://a' });
    await contexts.use('a');
    await contexts.add('a', { url: 'http://b' });
    expect(await contexts.inUse()).toEqual({ name: 'a', url: 'http://b' });
    expect((await stat(path.join(home, '.config/contractor/contexts.json'))).mode & 0o777).toBe(0o600);
    await contexts.delete('a');
    expect(await contexts.all()).toEqual({ current: null, contexts: {} });
    await expect(contexts.use('a')).rejects.toThrow('there is no context "a"; contractor context add adds one');
    for (let n = 0; n < MAX_CONTEXTS; n++) await contexts.add(`c${n}`, { url: 'http://a' });
    await expect(contexts.add('more', { url: 'http://a' })).rejects.toThrow(
      `there are ${MAX_CONTEXTS} contexts already`,
    );
    await contexts.add('c0', { url: 'http://z' });
  });
});
