import { natsConfiguration, type NatsSubcontractor } from '../src/nats-account.ts';
import { natsKey } from '../src/nats-key.ts';
import type { TaskHandler } from '../src/wire.ts';

/** The keys of an installation `lab` and of its subcontractors. */
export const keys = {
  server: natsKey('the secret of the server'),
  berlin: natsKey('the token of berlin'),
  paris: natsKey('the token of paris'),
  ssh: natsKey('the token of ssh in berlin'),
  everywhere: natsKey('the token of all sites'),
};
const subcontractor = (name: keyof typeof keys, sites: string[], modules: string[]): NatsSubcontractor => ({
  name,
  publicKey: keys[name].publicKey,
  sites,
  modules,
});
/** Its subcontractors. */
export const all = [
  subcontractor('berlin', ['berlin'], ['ipmi']),
  subcontractor('paris', ['paris'], ['*']),
  subcontractor('ssh', ['berlin'], ['ssh']),
  subcontractor('everywhere', ['*'], ['*']),
];
/** The configuration of NATS that the product writes for them. */
export const configuration = (subcontractors: readonly NatsSubcontractor[] = all): string =>
  natsConfiguration({ installation: 'lab', server: keys.server.publicKey, subcontractors });

/** What all tasks are about. */
export const about = { function: 'power', parameters: {}, job: 1 };
/** The work of an agent that is done at once. */
export const done: TaskHandler = async ({ task }) => ({ result: { task } });
