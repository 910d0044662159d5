// Copies into the build what the compiler leaves out: the resource files of libs, and plain JavaScript.
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';

for (const file of readdirSync('libs', { recursive: true })) {
  if (!/^[^/]+\/src\/.*\.(?:toml|cjs)$/.test(file)) continue;
  const target = path.join('dist/libs', file);
  mkdirSync(path.dirname(target), { recursive: true });
  copyFileSync(path.join('libs', file), target);
}
