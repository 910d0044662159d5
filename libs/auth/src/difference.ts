/** A list of names as it is kept: each once, in order. */
export const asNames = (names: readonly string[]): string[] => [...new Set(names)].toSorted();

/** What turns one list of names into another: an event for each that comes and each that goes; undefined: nothing. */
export const difference = <E>(
  from: readonly string[],
  to: readonly string[] | undefined,
  came: (name: string) => E,
  went: (name: string) => E,
): E[] =>
  to === undefined
    ? []
    : [
        ...asNames(to)
          .filter((name) => !from.includes(name))
          .map(came),
        ...from.filter((name) => !to.includes(name)).map(went),
      ];

/** A list with one name more. */
export const withName = (names: readonly string[], name: string): readonly string[] => asNames([...names, name]);

/** A list with one name less. */
export const withoutName = (names: readonly string[], name: string): readonly string[] =>
  names.filter((one) => one !== name);
