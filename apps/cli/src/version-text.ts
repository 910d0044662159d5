import { productVersion } from '#runtime/version';

/** What the command says of its version: `contractor 0.1.0`. */
export const versionText = (): string => `contractor ${productVersion()}`;
