import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createTransformer } from '@swc/jest';

const ROOT = path.resolve(import.meta.dirname, '..');
const { imports } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));

/** The modules of this repository by the names they are imported by, each with the file behind what it gives out. */
const MODULES = new Map(
  Object.entries(imports).flatMap(([name, where]) => {
    const index = typeof where === 'string' ? where : where.development;
    return index?.endsWith('/index.ts') ? [[name, exportsOf(path.join(ROOT, index))]] : [];
  }),
);

function exportsOf(index) {
  const from = path.dirname(index);
  const files = new Map();
  for (const [, names, file] of readFileSync(index, 'utf8').matchAll(/^export \{([^}]*)\} from '(\.[^']*)';/gm)) {
    for (const [name, as] of listed(names)) files.set(as, { name, file: path.join(from, file) });
  }
  return files;
}

/** `a, b as c` as pairs. */
function listed(names) {
  return names
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && !one.startsWith('type '))
    .map((one) => one.split(/ as /))
    .map(([name, as = name]) => [name, as]);
}

/**
 * Leads imports from a module of this repository to the files behind its index: a spec then loads what it needs, and not
 * all that the modules give out which it names. That took half of the time of a pure spec.
 */
function direct(source, file) {
  return source.replace(/^import \{([^}]*)\} from '(#[^']+)';/gm, (statement, names, from) => {
    const files = MODULES.get(from);
    const wanted = listed(names);
    if (files === undefined || !wanted.every(([name]) => files.has(name))) return statement;
    const one = ([name, as]) => {
      const found = files.get(name);
      const target = path.relative(path.dirname(file), found.file);
      return `import { ${found.name} as ${as} } from '${target.startsWith('.') ? target : `./${target}`}';`;
    };
    // On the lines it was on: faults are told by them.
    return wanted.map(one).join(' ') + '\n'.repeat(statement.split('\n').length - 1);
  });
}

export default {
  createTransformer(options) {
    const swc = createTransformer(options);
    return {
      ...swc,
      process: (source, file, rest) => swc.process(direct(source, file), file, rest),
      processAsync: (source, file, rest) => swc.processAsync(direct(source, file), file, rest),
      getCacheKey: (source, file, rest) => swc.getCacheKey(direct(source, file), file, rest),
    };
  },
};
