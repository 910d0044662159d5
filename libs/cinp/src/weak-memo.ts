/**
 * Keeps what was made of something as long as that is held by somebody: rows and pages of now stay in memory, so what is
 * shown of them need not be made again. `of` says of which kind it was made (a model).
 */
export function weakMemo<Made>(): (of: object, held: object, make: () => Made) => Made {
  const all = new WeakMap<object, WeakMap<object, Made>>();
  return (of, held, make) => {
    let kept = all.get(of);
    if (!kept) all.set(of, (kept = new WeakMap()));
    const known = kept.get(held);
    if (known !== undefined) return known;
    const made = make();
    kept.set(held, made);
    return made;
  };
}
