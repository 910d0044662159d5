import { JetStreamApiCodes, JetStreamApiError, type JetStreamClient } from '@nats-io/jetstream';
import { encode, type Claim } from './messages.ts';
import type { NatsNames } from './subjects.ts';

/** A dispatch as it is claimed. */
export interface ClaimedDispatch {
  readonly names: NatsNames;
  readonly site: string;
  readonly module: string;
  readonly cookie: string;
}

/** Who claims it. */
export interface Claimant {
  /** Tells it apart from every other one; claims again as itself, also when the answer was lost. */
  readonly by: string;
  readonly body: Claim;
}

/**
 * Claims a dispatch: the first claim is held by JetStream, on file, and every other one is refused, also after NATS was
 * killed. Made again by the same claimant within two minutes it is the same claim.
 * @returns whether it is the claimant's
 * @throws whatever keeps the claim from being decided
 */
export async function claimDispatch(
  js: JetStreamClient,
  { names, site, module, cookie }: ClaimedDispatch,
  { by, body }: Claimant,
): Promise<boolean> {
  const expect = { streamName: names.claimsStream(site), lastSubjectSequence: 0 };
  try {
    await js.publish(names.claimSubject(site, module, cookie), encode(body), { msgID: `${cookie}.${by}`, expect });
    return true;
  } catch (cause) {
    if (cause instanceof JetStreamApiError && cause.code === JetStreamApiCodes.StreamWrongLastSequence) return false;
    throw cause;
  }
}
