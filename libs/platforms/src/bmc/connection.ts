import { credentials, record, text } from '#platform';

/** How a management processor is reached: its host name or address, perhaps with a port, and who logs in. */
export const connection = record({ ip_address: text(), credentials: credentials() });
