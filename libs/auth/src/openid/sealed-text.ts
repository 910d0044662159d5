/** What is given to a browser to bring back: it can read nothing of it, and change nothing. */
export class SealedText<T extends object> {
  readonly #key: Uint8Array;

  /** @param key 32 bytes, the same on every server */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  async seal(content: T, seconds: number): Promise<string> {
    const { EncryptJWT } = await import('jose');
    return new EncryptJWT({ content })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setExpirationTime(`${seconds} s`)
      .encrypt(this.#key);
  }

  /** Undefined where it was sealed by somebody else, or too long ago. */
  async open(sealed: string): Promise<T | undefined> {
    const { jwtDecrypt, errors } = await import('jose');
    try {
      const { payload } = await jwtDecrypt(sealed, this.#key, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      });
      return payload['content'] as T;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
}
