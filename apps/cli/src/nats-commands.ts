import { randomBytes } from 'node:crypto';
import { rename, unlink, writeFile } from 'node:fs/promises';
import type { Command } from './command.ts';
import { told } from './command.ts';

/** Commands about NATS, which carries tasks to subcontractors. */
export const nats: Readonly<Record<string, Command>> = {
  'nats config': {
    usage: '[--file FILE] [--account]',
    does:
      'write the configuration of the NATS server: who is let in, and for which sites and modules; then have it read ' +
      'with "nats-server --signal reload" (twice, where NATS is 2.9); --account: only the accounts of this installation, ' +
      'to include beside others',
    names: [0, 0],
    options: {
      file: { type: 'string', does: 'where to; standard output unless given' },
      account: { type: 'boolean', does: 'only the accounts of this installation' },
    },
    run: async ({ options }, { client }) => {
      const text = String(await client.call('Auth/Service/natsConfig', { account: options['account'] === true }));
      const { file } = options;
      if (typeof file !== 'string') return told(text.trimEnd(), { configuration: text });
      await replace(file, text);
      return told(`wrote ${file}; have NATS read it: nats-server --signal reload (twice, where NATS is 2.9)`, { file });
    },
  },
};

/** Puts a text in the place of a file, whole or not at all: a server may read it any time. */
async function replace(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(draft, text, { flag: 'wx' });
    await rename(draft, file);
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    throw error;
  }
}
