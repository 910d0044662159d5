export type { Json, JsonMap } from './json.ts';
