// Copies the resource files of libs into the build, which the compiler leaves out.
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';

for (const file of readdirSync('libs', { recursive: true })) {
  if (!/^[^/]+\/src\/.*\.toml$/.test(file)) continue;
  const target = path.join('dist/libs', file);
  mkdirSync(path.dirname(target), { recursive: true });
  copyFileSync(path.join('libs', file), target);
}
