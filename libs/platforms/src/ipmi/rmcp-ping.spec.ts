import { expect, it } from '@jest/globals';
import { NoBmc, rmcpPing } from './rmcp-ping.ts';

it.each([
  ['255.255.255.255', /^no BMC answers at 255\.255\.255\.255:623 \(UDP\): connect EACCES/],
  ['fe80::1', /^no BMC answers at \[fe80::1\]:623 \(UDP\): connect E\w+/],
])('an address that no packet can be sent to is told: %s', async (host, told) => {
  const pinged = rmcpPing({ host, port: 623 }, new AbortController().signal);
  await expect(pinged).rejects.toThrow(told);
  await expect(pinged).rejects.toBeInstanceOf(NoBmc);
});
