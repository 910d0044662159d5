/** Reading TOML, for programs that need nothing else of blueprints. */
export { readToml } from './resources/toml-tree.ts';
export type { TomlNode } from './resources/toml-tree.ts';
