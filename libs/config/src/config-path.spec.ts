import { expect, it } from '@jest/globals';
import { readConfigPath } from './config-path.ts';

it.each([
  ['/config/config/', { type: 'config', by: 'caller', id: '' }],
  ['/Config/BOOT_SCRIPT/S/5', { type: 'boot_script', by: 'structure', id: '5' }],
  ['/config/config/f/Rack-1_A', { type: 'config', by: 'foundation', id: 'Rack-1_A' }],
  [
    '/config/config/c/085DE71D-9123-45ef-8322-93fa3d1cacea',
    { type: 'config', by: 'uuid', id: '085de71d-9123-45ef-8322-93fa3d1cacea' },
  ],
  ['/config/pxe_template/a/10.0.0.1', { type: 'pxe_template', by: 'address', id: '10.0.0.1' }],
  ['/config/cloud_init/user-data', { type: 'user-data', by: 'caller', id: '' }],
  ['/config/cloud_init/s/5/network-config', { type: 'network-config', by: 'structure', id: '5' }],
  [
    '/config/cloud_init/c/085DE71D-9123-45ef-8322-93fa3d1cacea/Meta-Data',
    { type: 'meta-data', by: 'uuid', id: '085de71d-9123-45ef-8322-93fa3d1cacea' },
  ],
  ['/config/config/a/fd00%3A%3a1', { type: 'config', by: 'address', id: 'fd00::1' }],
  ['/config/%63onfig/f%2Frack%2D1', { type: 'config', by: 'foundation', id: 'rack-1' }],
  ['/config/config/a/FE80::1', { type: 'config', by: 'address', id: 'fe80::1' }],
])('%s is a document', (path, parts) => expect(readConfigPath(path)).toEqual(parts));

it.each([
  '/config',
  '/config/config',
  '/config//s/1',
  '/config/a1/s/1',
  '/config/config/s/x',
  '/config/cloud_init/s/5/',
  '/config/config/s/5/user-data',
  '/config/config/s/1/',
  '/config/config/s/1\n',
  '/x/config/config/',
  '/config/config/s/1%0A',
  '/config/config/s/%253',
  '/config/config/f/a%',
])('%j is none', (path) => expect(readConfigPath(path)).toBeUndefined());
