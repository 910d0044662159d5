/** How many letters a name may be away from the one it is taken for. */
const MAX_LETTERS = 2;

/** The setting that a name may be a slip of the pen for; undefined where none is near. */
export function nearestSetting(name: string, names: readonly string[]): string | undefined {
  const alike = names.filter((setting) => Math.abs(setting.length - name.length) <= MAX_LETTERS);
  const near = alike.map((setting) => ({ setting, letters: lettersApart(name.toUpperCase(), setting) }));
  const [nearest] = near.toSorted((one, other) => one.letters - other.letters);
  return nearest && nearest.letters <= MAX_LETTERS ? nearest.setting : undefined;
}

/** How many letters have to be put in, left out or exchanged to make one text of the other. */
function lettersApart(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, n) => n);
  for (const [row, letter] of Array.from(one).entries()) {
    const here = [row + 1];
    for (const [n, wanted] of Array.from(other).entries()) {
      const [corner = 0, up = 0, left = 0] = [above[n], above[n + 1], here[n]];
      here.push(Math.min(up + 1, left + 1, corner + (letter === wanted ? 0 : 1)));
    }
    above = here;
  }
  return above.at(-1) ?? 0;
}
