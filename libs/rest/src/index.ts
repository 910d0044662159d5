export { REST_HEADERS } from './cors.ts';
export { restFace } from './rest-face.ts';
export type { RestFaceOptions } from './rest-face.ts';
