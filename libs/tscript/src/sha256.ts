const fractions = (power: number, count: number): number[] => {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate += 1) {
    let divisor = 2;
    while (divisor * divisor <= candidate && candidate % divisor !== 0) divisor += 1;
    if (divisor * divisor <= candidate) continue;
    const root = candidate ** power;
    found.push(Math.floor((root - Math.floor(root)) * 2 ** 32));
  }
  return found;
};

const rounds = Uint32Array.from(fractions(1 / 3, 64));
const beginning = Uint32Array.from(fractions(1 / 2, 8));

/** The SHA-256 of a text's UTF-8 form, in hexadecimal. */
export function sha256(text: string): string {
  const bytes = padded(utf8(text));
  const view = new DataView(bytes.buffer);
  const state = Uint32Array.from(beginning);
  const schedule = new Uint32Array(64);
  for (let block = 0; block < bytes.length; block += 64) {
    for (let index = 0; index < 16; index += 1) schedule[index] = view.getUint32(block + index * 4);
    for (let index = 16; index < 64; index += 1) schedule[index] = extended(schedule, index);
    compress(state, schedule);
  }
  return [...state].map((part) => part.toString(16).padStart(8, '0')).join('');
}

function utf8(text: string): number[] {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.codePointAt(at) ?? 0;
    if (code > 0xffff) at += 1;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), tail(code));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), tail(code >> 6), tail(code));
    else bytes.push(0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code));
  }
  return bytes;
}

function tail(code: number): number {
  return 0x80 | (code & 0x3f);
}

function padded(bytes: readonly number[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  whole.set(bytes);
  whole[bytes.length] = 0x80;
  const view = new DataView(whole.buffer);
  view.setUint32(whole.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(whole.length - 4, (bytes.length * 8) >>> 0);
  return whole;
}

function turned(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

function extended(schedule: Uint32Array, index: number): number {
  const early = schedule[index - 15] ?? 0;
  const late = schedule[index - 2] ?? 0;
  const first = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
  const second = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
  return ((schedule[index - 16] ?? 0) + first + (schedule[index - 7] ?? 0) + second) >>> 0;
}

function compress(state: Uint32Array, schedule: Uint32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let index = 0; index < 64; index += 1) {
    const choice = (e & f) ^ (~e & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const mixedE = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const mixedA = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
    const first = (h + mixedE + choice + (rounds[index] ?? 0) + (schedule[index] ?? 0)) >>> 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) >>> 0;
    d = c;
    c = b;
    b = a;
    a = (first + mixedA + majority) >>> 0;
  }
  [a, b, c, d, e, f, g, h].forEach((part, index) => {
    state[index] = ((state[index] ?? 0) + part) >>> 0;
  });
}
