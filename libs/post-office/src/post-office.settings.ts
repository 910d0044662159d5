import { defineSettings, integer, list, seconds, setting } from '#runtime/settings';
import { networkList } from './address-rules.ts';

const NETWORKS = 'must be networks such as 10.0.0.0/8, separated by commas';
const isNetwork = (part: string): boolean => {
  try {
    networkList([part]);
    return true;
  } catch {
    return false;
  }
};

/** How deliveries to webhooks are made, and where they may go. */
export const postOfficeSettings = defineSettings('post-office', {
  allow: setting('CONTRACTOR_WEBHOOK_ALLOW', list(isNetwork, NETWORKS), {
    default: '',
    doc: 'networks webhooks may be in although they are loopback, link-local or the like, separated by commas',
  }),
  forbid: setting('CONTRACTOR_WEBHOOK_FORBID', list(isNetwork, NETWORKS), {
    default: '',
    doc: 'networks no webhook may be in, separated by commas',
  }),
  timeout: setting('CONTRACTOR_WEBHOOK_TIMEOUT', seconds(1, 300), {
    default: '60',
    doc: 'seconds a webhook may take to answer',
  }),
  maxPause: setting('CONTRACTOR_WEBHOOK_MAX_PAUSE', seconds(1, 86_400), {
    default: '300',
    doc: 'seconds that pass at most before a delivery that has failed is tried again; the first pause is a second',
  }),
  giveUp: setting('CONTRACTOR_WEBHOOK_GIVE_UP', seconds(1, 2_592_000), {
    default: '259200',
    doc: 'seconds after which a delivery that has failed ever since is given up',
  }),
  concurrency: setting('CONTRACTOR_WEBHOOK_CONCURRENCY', integer(1, 256), {
    default: '16',
    doc: 'how many deliveries to one webhook are under way at once',
  }),
  maxWaiting: setting('CONTRACTOR_WEBHOOK_MAX_WAITING', integer(1, 1_000_000), {
    default: '20000',
    doc: 'how many deliveries may wait for one webhook, and for all boxes together; with as many, the log is read on for it when some were made',
  }),
  keep: setting('CONTRACTOR_WEBHOOK_KEEP', seconds(0, 31_536_000), {
    default: '604800',
    doc: 'seconds for which it is kept what was delivered',
  }),
});
