import { choice, defineSettings, setting, url } from '#runtime/settings';
import { readNatsAddresses } from './nats-addresses.ts';

/** One URL or several. */
function isNatsUrl(text: string): boolean {
  try {
    return readNatsAddresses(text).hosts.length > 0;
  } catch {
    return false;
  }
}

/** How subcontractors are reached. */
export const wireSettings = defineSettings(
  'wire',
  {
    natsUrl: setting('NATS_URL', url(['nats:', 'tls:'], isNatsUrl), {
      unset: 'none',
      doc: 'NATS with JetStream, to reach subcontractors; without it one runs inside the server',
    }),
    subcontractor: setting('CONTRACTOR_SUBCONTRACTOR', choice('embedded', 'none'), {
      unset: '`embedded`, with NATS `none`',
      doc: 'whether a subcontractor for all sites runs inside the server',
    }),
  },
  ({ natsUrl, subcontractor }, refuse) => {
    if (natsUrl !== undefined && subcontractor === 'embedded') {
      refuse('CONTRACTOR_SUBCONTRACTOR', subcontractor, 'cannot be embedded when NATS_URL is set');
    }
    return {
      /** Undefined: agents are reached within the process, or poll. */
      natsUrl,
      /** Whether a subcontractor for every site runs inside the server. */
      embeddedSubcontractor: (subcontractor ?? (natsUrl === undefined ? 'embedded' : 'none')) === 'embedded',
    };
  },
);
