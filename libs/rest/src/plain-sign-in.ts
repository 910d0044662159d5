import type { HttpRequest } from '#http';

/** What is said where a password would be readable on its way. */
export const PLAIN_REFUSED =
  'Signing in over plain HTTP would show the password to everybody on the way. ' +
  'Use HTTPS (CONTRACTOR_TLS_CERT), or a proxy that CONTRACTOR_TRUSTED_PROXIES names and that sends ' +
  '"X-Forwarded-Proto: https"; CONTRACTOR_PLAIN_SIGN_IN=yes allows it nevertheless.';

/** What is said where it is allowed nevertheless. */
export const PLAIN_WARNING =
  'This page comes over plain HTTP: everybody on the way can read the password and take over the session.';

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|\[::1\]|localhost|.+\.localhost)$/i;

/** Whether nobody but this machine and its browser sees what is sent: it came over TLS, or never leaves the machine. */
export const isPrivate = (request: HttpRequest): boolean => request.secure === true || isLocal(request);

/** Whether a client is on this machine, as far as can be told: a proxy between may be reached from elsewhere. */
function isLocal({ source, header, forwardedHost }: HttpRequest): boolean {
  const passed = (header('x-forwarded-for') ?? '').split(',').flatMap((entry) => entry.trim() || []);
  const origin = header('origin');
  const asked = [forwardedHost ?? header('host'), origin === undefined ? undefined : (origin.split('//')[1] ?? origin)];
  const hosts = asked.flatMap((host) => (host === undefined ? [] : [host.replace(/:\d+$/, '')]));
  return header('forwarded') === undefined && [source, ...passed, ...hosts].every((name) => LOOPBACK.test(name));
}
