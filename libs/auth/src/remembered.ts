/** A map that forgets what was set longest ago when it is full. */
export class Remembered<T> {
  readonly #most: number;
  readonly #map = new Map<string, T>();

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): T | undefined {
    return this.#map.get(key);
  }

  clear(): void {
    this.#map.clear();
  }

  set(key: string, value: T): void {
    this.#map.delete(key);
    this.#map.set(key, value);
    const [oldest] = this.#map.keys();
    if (this.#map.size > this.#most && oldest !== undefined) this.#map.delete(oldest);
  }
}
