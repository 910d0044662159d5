import type { NatsTransport } from './nats-transport.ts';

/** What is wrong with a certificate that nobody who is known has signed, by the code of OpenSSL. */
const UNKNOWN_SIGNER: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Why NATS is not reached, and what an operator can do about it where that is known. */
export function connectionFault(cause: unknown, { certificates }: NatsTransport): string {
  const text = String(cause);
  const codes = [...causesOf(cause)].flatMap((one) => ('code' in one ? [String(one.code)] : []));
  const unknown = codes.some((code) => UNKNOWN_SIGNER.has(code)) || /self-signed|unable to (verify|get)/i.test(text);
  if (unknown) {
    const by = certificates?.caFile;
    return by === undefined
      ? `${text}: name who has signed the certificate of NATS with NATS_CA`
      : `${text}: the certificate of NATS is signed by nobody in NATS_CA (${by})`;
  }
  const own = certificates?.certFile;
  const rejected = /certificate required|bad certificate|unknown ca/i.test(text);
  // A server that does not take a certificate says so after it has been taken for connected: that is often lost.
  if (rejected || (certificates && /ECONNRESET|EPIPE|TimeoutError/.test(text))) {
    const perhaps = rejected ? '' : 'perhaps ';
    return own === undefined
      ? `${text}: ${perhaps}NATS wants a certificate, NATS_CERT and NATS_KEY`
      : `${text}: ${perhaps}NATS does not take the certificate in NATS_CERT (${own})`;
  }
  if (/does not support 'tls'/.test(text)) return `${text}: NATS has no TLS, which this side is told to use`;
  return text;
}

function* causesOf(cause: unknown): Generator<Error> {
  for (let one = cause; one instanceof Error; one = one.cause) yield one;
}
