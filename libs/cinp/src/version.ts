/** A version of the protocol, as clients ask for it. */
export type Version = '0.9' | '1.0' | '2.0';

/** Texts that changed their spelling between versions; programs compare them. */
export interface Words {
  readonly required: string;
  readonly tooLong: string;
}

const EARLY: Words = { required: 'Required Paramater', tooLong: 'Value to long' };

const WORDS: Readonly<Record<Version, Words>> = {
  '0.9': EARLY,
  '1.0': EARLY,
  '2.0': { required: 'Required Parameter', tooLong: 'Value too long' },
};

/** Spoken to clients that ask for none, or for one that does not exist. */
export const DEFAULT_VERSION: Version = '1.0';

/** The version a header asks for; undefined where there is no such version. */
export const versionOf = (header: unknown): Version | undefined =>
  typeof header === 'string' && Object.hasOwn(WORDS, header) ? (header as Version) : undefined;

/** How a version spells things. */
export const wordsOf = (version: Version): Words => WORDS[version];
