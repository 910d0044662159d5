/** The name of a script in what a blueprint says of it: a URI of CInP, or the name itself. */
const nameIn = (uri: string): string => /^\/.*:([^:]*):$/.exec(uri)?.[1] ?? uri;

/** Which script stands in which slot of a blueprint, by the names of the slots. */
export const slotsOf = (scriptMap: unknown): readonly (readonly [slot: string, script: string])[] =>
  typeof scriptMap === 'object' && scriptMap !== null
    ? Object.entries(scriptMap)
        .map(([slot, uri]) => [slot, decodeURIComponent(nameIn(String(uri)))] as const)
        .toSorted(([a], [b]) => a.localeCompare(b))
    : [];
