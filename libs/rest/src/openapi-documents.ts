import { createHash } from 'node:crypto';
import { inSlices } from '#kernel';
import type { Catalogue } from '#api';
import type { Constant } from './about.ts';
import { openapiPieces } from './openapi.ts';

/**
 * The OpenAPI documents, each made when it is first asked for, and kept until the process ends: the whole one, and one
 * for each namespace, together at most twice the size of the whole one.
 */
export class OpenApiDocuments {
  readonly #catalogue: Catalogue;
  readonly #made = new Map<string | undefined, Promise<Constant>>();

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  /** @param namespace one that is in the catalogue; the whole document if not given */
  get(namespace?: string): Promise<Constant> {
    let made = this.#made.get(namespace);
    if (!made) this.#made.set(namespace, (made = document(this.#catalogue, namespace)));
    return made;
  }
}

/** Makes a document in slices. */
const document = (catalogue: Catalogue, namespace: string | undefined): Promise<Constant> =>
  inSlices(making(catalogue, namespace));

function* making(catalogue: Catalogue, namespace: string | undefined): Generator<unknown, Constant> {
  const hash = createHash('sha256');
  const pieces: Buffer[] = [];
  for (const piece of openapiPieces(catalogue, namespace)) {
    const bytes = Buffer.from(piece);
    pieces.push(bytes);
    hash.update(bytes);
    yield;
  }
  return { bytes: Buffer.concat(pieces), etag: `"${hash.digest('base64url').slice(0, 22)}"` };
}
