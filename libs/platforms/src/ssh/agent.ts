import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AgentHalf } from '#platform';
import type { SshSettings } from './connect.ts';
import { withConnection } from './connect.ts';
import { sshContract, type SshContract } from './contract.ts';
import { download } from './download.ts';
import { execute } from './execute.ts';
import { putFile } from './put-file.ts';

/** The agent half of ssh: every task has a connection of its own. */
export const ssh = (settings: SshSettings): AgentHalf<SshContract> => ({
  contract: sshContract,
  tasks: {
    execute: ({ command, timeout, ...login }, context) =>
      withConnection(login, context, settings, async (client) => {
        const order = { command: command.reveal(), timeoutMs: timeout * 1000 };
        return { rc: await execute(client, order, context) };
      }),

    file: async ({ source, destination, ...login }, context) => {
      const folder = await mkdtemp(path.join(tmpdir(), 'contractor-file-'));
      try {
        const file = path.join(folder, 'content');
        const size = await download(source, file, context);
        context.debug('fetched', { size });
        await withConnection(login, context, settings, (client) =>
          putFile(client, { file, size, destination }, context),
        );
        return { rc: true };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  },
  observe: {},
});
