import { randomUUID } from 'node:crypto';

/** A fresh id of a preview, like those of requests. */
export const newId = (): string => randomUUID().replaceAll('-', '');
