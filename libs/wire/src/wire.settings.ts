import { choice, defineSettings, directory, InvalidValue, parser, setting, url } from '#runtime/settings';
import { readNatsAddresses } from './nats-addresses.ts';
import { natsTransportFields, natsTransportOf } from './nats-transport.ts';
import { ID_RULE, isInstallationId } from './subjects.ts';

/** One URL or several. */
function isNatsUrl(text: string): boolean {
  try {
    return readNatsAddresses(text).hosts.length > 0;
  } catch {
    return false;
  }
}

const installationId = parser((text) => {
  if (isInstallationId(text)) return text;
  throw new InvalidValue(ID_RULE);
});

/** The id of an installation in the names of NATS. */
export const installationSetting = (about: { readonly unset: string; readonly doc: string }) =>
  setting('CONTRACTOR_INSTALLATION', installationId, about);

/** How subcontractors are reached. */
export const wireSettings = defineSettings(
  'wire',
  {
    natsUrl: setting('NATS_URL', url(['nats:', 'tls:', 'ws:', 'wss:'], isNatsUrl), {
      unset: 'none',
      doc: 'NATS with JetStream, to reach subcontractors; without it one runs inside the server',
    }),
    ...natsTransportFields,
    installation: installationSetting({
      unset: 'made up at the first start',
      doc: 'id of this installation in the names of NATS, which several can share: a-z, 0-9 and `-`',
    }),
    natsConfig: setting('CONTRACTOR_NATS_CONFIG', directory(), {
      unset: 'not written',
      doc: 'file to write for the NATS server: whom it lets in; `contractor nats config` writes the same',
    }),
    subcontractor: setting('CONTRACTOR_SUBCONTRACTOR', choice('embedded', 'none'), {
      unset: '`embedded`, with NATS `none`',
      doc: 'whether a subcontractor for all sites runs inside the server',
    }),
  },
  (values, refuse) => {
    const { natsUrl, installation, natsConfig, subcontractor } = values;
    if (natsUrl !== undefined && subcontractor === 'embedded') {
      refuse('CONTRACTOR_SUBCONTRACTOR', subcontractor, 'cannot be embedded when NATS_URL is set');
    }
    return {
      /** Undefined: agents are reached within the process, or poll. */
      natsUrl,
      /** How NATS is reached. */
      natsTransport: natsTransportOf(values, refuse),
      /** Undefined: the one in the database. */
      installation,
      /** Undefined: no such file is written. */
      natsConfig,
      /** Whether a subcontractor for every site runs inside the server. */
      embeddedSubcontractor: (subcontractor ?? (natsUrl === undefined ? 'embedded' : 'none')) === 'embedded',
    };
  },
);
