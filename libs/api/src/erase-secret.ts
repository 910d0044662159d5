import { secretOwner } from '#config';
import type { Decider, Message } from '#kernel';
import { refuse } from '#kernel';
import type { Secrets } from '#secrets';
import { integer, text } from './field.ts';
import type { Action, Call } from './model.ts';
import { asText } from './values.ts';

type EraseSecret = Message<'EraseSecret', Readonly<Record<string, never>>>;
type SecretErased = Message<'SecretErased', Readonly<Record<string, never>>>;

/** On record: who had a secret erased, when and why. One stream per secret, named by the words its values are kept under. */
export const secret: Decider<null, EraseSecret, SecretErased> = {
  category: 'secret',
  initial: () => null,
  decide: { EraseSecret: () => ({ type: 'SecretErased', data: {} }) },
  evolve: { SecretErased: () => null },
};

/**
 * Has every value of a secret forgotten for good. Who asked for it and why is noted first; lost in between, it can be
 * asked for again.
 * @param owner the words its values are kept under: `Site site1 db_password`
 * @returns how many values there were
 * @throws Refusal of `field` where there is none
 */
export async function eraseSecretOf(owner: string, field: string, secrets: Secrets, call: Call): Promise<number> {
  if ((await secrets.count(owner)) === 0) throw refuse(field, 'NO_SECRET', `there is no secret "${owner}"`);
  await call.execute((work) => work.decide(secret, owner, { type: 'EraseSecret', data: {} }));
  return secrets.erase(owner);
}

/** The action that does so for an object of a kind that keeps its secrets under `<kind> <id> <key>`. */
export const eraseSecret = (kind: string, grant: string, secrets: Secrets): Action => ({
  doc: 'Forgets every value a secret ever had, for good: looking back will find it erased, too.',
  protocols: ['rest'],
  parameters: { key: text(undefined, { required: true }) },
  returns: integer(),
  permission: { grant },
  run: {
    freely: (id, { key }, call) => eraseSecretOf(secretOwner(`${kind} ${id}`, asText(key)), 'key', secrets, call),
  },
});
