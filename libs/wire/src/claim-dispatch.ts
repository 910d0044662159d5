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

/** What became of a claim: `made` now, `standing` since the claimant made it before, or `refused`. */
export type ClaimAnswer = 'made' | 'standing' | 'refused';

/** Number of a message that no stream comes to. */
const NEVER = Number.MAX_SAFE_INTEGER;

/**
 * Claims a dispatch: the first claim is held by JetStream, on file, and every other one is refused, also after NATS was
 * killed. Made again by the same claimant within two minutes it is the same claim.
 * @throws whatever keeps the claim from being decided
 */
export const claimDispatch = (
  js: JetStreamClient,
  dispatch: ClaimedDispatch,
  claimant: Claimant,
): Promise<ClaimAnswer> => publishClaim(js, dispatch, claimant, 0);

/**
 * Finds out, within two minutes of it, whether a claim stands whose answer was lost. It claims nothing: where it does not
 * stand, another one may have claimed the dispatch, and NATS may have lost that.
 * @returns `standing` or `refused`
 * @throws whatever keeps it from being found out
 */
export const standingClaim = (
  js: JetStreamClient,
  dispatch: ClaimedDispatch,
  claimant: Claimant,
): Promise<ClaimAnswer> =>
  // JetStream tells that it has a message of this id before it looks at what is expected.
  publishClaim(js, dispatch, claimant, NEVER);

async function publishClaim(
  js: JetStreamClient,
  { names, site, module, cookie }: ClaimedDispatch,
  { by, body }: Claimant,
  lastSubjectSequence: number,
): Promise<ClaimAnswer> {
  const options = { msgID: `${cookie}.${by}`, expect: { streamName: names.claimsStream(site), lastSubjectSequence } };
  try {
    const { duplicate } = await js.publish(names.claimSubject(site, module, cookie), encode(body), options);
    return duplicate ? 'standing' : 'made';
  } catch (cause) {
    if (cause instanceof JetStreamApiError && cause.code === JetStreamApiCodes.StreamWrongLastSequence)
      return 'refused';
    throw cause;
  }
}
