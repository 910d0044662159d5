/** What this browser remembers of the pages: theme, columns, the last site. Without storage nothing is remembered. */
export const storage = {
  get(name: string): string | null {
    try {
      return localStorage.getItem(`contractor.${name}`);
    } catch {
      // A browser may forbid it; then nothing is remembered.
      return null;
    }
  },
  set(name: string, value: string | null): void {
    try {
      if (value === null) localStorage.removeItem(`contractor.${name}`);
      else localStorage.setItem(`contractor.${name}`, value);
    } catch {
      // As above: the page works all the same.
    }
  },
};
