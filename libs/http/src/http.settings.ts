import ipaddr from 'ipaddr.js';
import { defineSettings, integer, list, setting, text } from '#runtime/settings';

const isBlock = (part: string): boolean => (part.includes('/') ? ipaddr.isValidCIDR(part) : ipaddr.isValid(part));

const isOrigin = (part: string): boolean => part === '*' || (URL.canParse(part) && new URL(part).origin === part);

/** Where the server listens, and what it takes from whom. */
export const httpSettings = defineSettings('http', {
  host: setting('CONTRACTOR_HOST', text(), { default: '127.0.0.1', doc: 'address the server listens on' }),
  port: setting('CONTRACTOR_PORT', integer(0, 65_535), { default: '8080', doc: 'port the server listens on' }),
  trustedProxies: setting('CONTRACTOR_TRUSTED_PROXIES', list(isBlock, 'must be addresses or blocks like 10.0.0.0/8'), {
    default: '',
    doc: 'addresses or blocks of proxies whose `X-Forwarded-For` counts, separated by commas',
  }),
  corsOrigins: setting('CONTRACTOR_CORS_ORIGINS', list(isOrigin, 'must be origins like https://ui.example.org, or *'), {
    default: '',
    doc: 'origins of web pages that may use the API, separated by commas; `*` for all',
  }),
  maxBody: setting('CONTRACTOR_MAX_BODY', integer(1024, 16_777_216), {
    default: '524288',
    doc: 'the largest body of a request, in bytes',
  }),
});
