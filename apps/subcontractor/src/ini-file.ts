/** A line of an INI file that says something. */
export interface IniEntry {
  readonly section: string;
  /** In lower case. */
  readonly key: string;
  readonly value: string;
  /** From 1. */
  readonly line: number;
}

export interface IniFile {
  /** In their order; sections without keys are in `sections` alone. */
  readonly entries: readonly IniEntry[];
  readonly sections: readonly string[];
  /** What is wrong with lines, in words that repeat nothing of them. */
  readonly faults: readonly string[];
}

/**
 * Reads `[section]`, `key: value` and `key = value`, with comments in lines that begin with `;` or `#`. A line that is
 * indented goes on with the value before. Nothing is replaced within values.
 */
export function readIniFile(text: string): IniFile {
  const entries: IniEntry[] = [];
  const sections: string[] = [];
  const faults: string[] = [];
  const seen = new Set<string>();
  let section: string | undefined;
  let open = false;
  const lines = text.replace(/^\u{feff}/u, '').split(/\r?\n/);
  for (const [n, line] of lines.entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || /^[;#]/.test(trimmed)) continue;
    const last = entries.at(-1);
    if (/^\s/.test(line) && open && last) {
      entries[entries.length - 1] = { ...last, value: last.value === '' ? trimmed : `${last.value}\n${trimmed}` };
      continue;
    }
    open = false;
    const head = /^\[(.+)\]$/.exec(trimmed)?.[1];
    if (head !== undefined) {
      section = head;
      sections.push(head);
      continue;
    }
    const [, key, value = ''] = /^([^:=]+?)\s*[:=]\s*(.*)$/.exec(trimmed) ?? [];
    if (key === undefined) faults.push(`line ${n + 1} must be "[section]", "key: value" or "key = value"`);
    else if (section === undefined) faults.push(`line ${n + 1} must stand below a "[section]"`);
    else if (seen.has(`${section}\0${key.toLowerCase()}`)) {
      faults.push(`line ${n + 1}: ${section}.${key.toLowerCase()} is there twice`);
    } else {
      seen.add(`${section}\0${key.toLowerCase()}`);
      entries.push({ section, key: key.toLowerCase(), value, line: n + 1 });
      open = true;
    }
  }
  return { entries, sections, faults };
}
