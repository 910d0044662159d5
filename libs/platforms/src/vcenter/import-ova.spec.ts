import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { Secret } from '#kernel';
import { until } from '#testing';
import { taskContext } from '../../test/task-context.ts';
import { startVim } from '../../test/vim-stand-in.ts';
import { element } from '../xml/xml.ts';
import { importOva } from './import-ova.ts';
import type { VcenterVm } from './contract.ts';
import { withVim } from './session.ts';

const vm: VcenterVm = {
  datacenter: 'DC0',
  cluster: 'C0',
  name: 'appliance',
  host: 'H0',
  datastore: 'LocalDS_0',
  cpu_count: 1,
  memory_size: 512,
  boot_order: ['hdd'],
  interface_list: [],
};

it('the session is used while an OVA is fetched, which may take longer than a host keeps one that is idle', async () => {
  const stand = await startVim({ CurrentTime: () => element('returnval', '2026-01-01T00:00:00Z') });
  const source = createServer((_, response) => {
    void until(() => stand.calls.includes('CurrentTime')).then(() => response.end('no archive'));
  });
  await new Promise<void>((resolve) => void source.listen(0, '127.0.0.1', resolve));
  const ova = `http://127.0.0.1:${(source.address() as AddressInfo).port}/x.ova`;
  const connection = { host: stand.host, credentials: { username: 'u', password: new Secret('p') } };
  const context = taskContext();
  const ref = { type: 'Folder', id: 'folder-1' };
  const place = { folder: ref, pool: ref, host: ref, datastore: ref };
  try {
    const importing = withVim(connection, context, (vim) =>
      importOva(vim, { ...vm, ova }, { place, annotation: '', pausesMs: [1], aliveMs: 20, ...context }),
    );
    await expect(importing).rejects.toThrow(`${ova} is no OVA`);
    expect(stand.calls).toContain('CurrentTime');
  } finally {
    source.close();
    await stand.stop();
  }
});
