/** The stratum it tells where it has nobody to ask: worse than any server that has. */
const OWN_STRATUM = 10;

/**
 * What is added to the configuration of chrony: it tells the machines in subnets the time, its own where it reaches none of
 * the servers.
 */
export const chronyConfiguration = (subnets: readonly string[], servers: readonly string[]): string =>
  [
    '# Written by the subcontractor: what is changed here is lost.',
    ...servers.map((server) => `server ${server} iburst`),
    `local stratum ${OWN_STRATUM}`,
    ...subnets.map((subnet) => `allow ${subnet}`),
    '',
  ].join('\n');
