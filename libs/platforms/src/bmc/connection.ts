import type { GivenCredentials, SealedText, Shape } from '#platform';
import { isMap, record, secret, text } from '#platform';

/** A user with a password as a server half has them, or the path of an entry of the agent's vault. */
type SealedCredentials = string | Readonly<Record<string, SealedText>>;

const its = record({ username: secret(), password: secret() });

/** Who logs in: a user name with a password, or the path of an entry of the agent's vault that has both. */
const credentials: Shape<SealedCredentials, GivenCredentials> = {
  kind: 'json',
  words: 'a map of username, password, or the path of an entry of the vault',
  fault: (value, path) =>
    typeof value === 'string' ? undefined : isMap(value) ? its.fault(value, path) : `${path} must be ${credentials.words}`,
  open: (value) => (typeof value === 'string' ? value : { ...its.open(value) }),
};

/** How a management processor is reached: its host name or address, perhaps with a port, and who logs in. */
export const connection = record({ ip_address: text(), credentials });
