import ipaddr from 'ipaddr.js';
import { choice, defineSettings, integer, list, setting, text } from '#runtime/settings';
import { readTlsPair, UnusablePair } from './tls-pair.ts';

const isBlock = (part: string): boolean => (part.includes('/') ? ipaddr.isValidCIDR(part) : ipaddr.isValid(part));

const isOrigin = (part: string): boolean => part === '*' || (URL.canParse(part) && new URL(part).origin === part);

/** Where the server listens, and what it takes from whom. */
export const httpSettings = defineSettings(
  'http',
  {
    host: setting('CONTRACTOR_HOST', text(), { default: '127.0.0.1', doc: 'address the server listens on' }),
    port: setting('CONTRACTOR_PORT', integer(0, 65_535), { default: '8080', doc: 'port the server listens on' }),
    trustedProxies: setting(
      'CONTRACTOR_TRUSTED_PROXIES',
      list(isBlock, 'must be addresses or blocks like 10.0.0.0/8'),
      {
        default: '',
        doc: 'addresses or blocks of proxies whose `X-Forwarded-For`, `-Proto` and `-Host` count, separated by commas',
      },
    ),
    plainSignIn: setting('CONTRACTOR_PLAIN_SIGN_IN', choice('no', 'yes'), {
      default: 'no',
      doc: 'whether browsers may sign in over plain HTTP from other machines: everybody on the way can read the password',
    }),
    corsOrigins: setting(
      'CONTRACTOR_CORS_ORIGINS',
      list(isOrigin, 'must be origins like https://ui.example.org, or *'),
      {
        default: '',
        doc: 'origins of web pages that may use the API, separated by commas; `*` for all',
      },
    ),
    maxBody: setting('CONTRACTOR_MAX_BODY', integer(1024, 16_777_216), {
      default: '524288',
      doc: 'the largest body of a request, in bytes',
    }),
    tlsCert: setting('CONTRACTOR_TLS_CERT', text(), {
      unset: 'none: HTTP',
      doc: 'file with the certificate (PEM) of the server, and those in between: it serves HTTPS, and reads the file again when it changes',
    }),
    tlsKey: setting('CONTRACTOR_TLS_KEY', text(), {
      unset: 'none',
      doc: 'file with the key (PEM) of `CONTRACTOR_TLS_CERT`',
    }),
    plainPort: setting('CONTRACTOR_HTTP_PORT', integer(0, 65_535), {
      unset: 'none',
      doc: 'with HTTPS: port on which machines find their documents (`/config/…`) without TLS, and everything else is sent to HTTPS',
    }),
  },
  ({ tlsCert, tlsKey, plainSignIn, ...others }, refuse) => {
    const values = { ...others, plainSignIn: plainSignIn === 'yes' };
    if (tlsCert !== undefined && tlsKey === undefined)
      refuse('CONTRACTOR_TLS_KEY', undefined, 'goes with CONTRACTOR_TLS_CERT');
    if (tlsKey !== undefined && tlsCert === undefined)
      refuse('CONTRACTOR_TLS_CERT', undefined, 'goes with CONTRACTOR_TLS_KEY');
    if (values.plainPort !== undefined && tlsCert === undefined) {
      refuse(
        'CONTRACTOR_HTTP_PORT',
        String(values.plainPort),
        'takes a CONTRACTOR_TLS_CERT: without one CONTRACTOR_PORT is for HTTP',
      );
    }
    if (tlsCert === undefined || tlsKey === undefined) return { ...values, tls: undefined };
    const tls = { certFile: tlsCert, keyFile: tlsKey };
    try {
      readTlsPair(tls);
    } catch (error) {
      if (!(error instanceof UnusablePair)) throw error;
      if (error.file === 'cert') refuse('CONTRACTOR_TLS_CERT', tlsCert, error.message);
      else refuse('CONTRACTOR_TLS_KEY', tlsKey, error.message);
    }
    return {
      ...values,
      /** Set: the server serves HTTPS. */
      tls,
    };
  },
);
