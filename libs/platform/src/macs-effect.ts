/** What a script has found to be the MACs of the interfaces of its foundation; told, and stored, when the pass is over. */
export class MacsEffect {
  readonly macs: Readonly<Record<string, string>>;

  /** @param macs by physical location, in any notation */
  constructor(macs: Readonly<Record<string, string>>) {
    this.macs = macs;
  }
}
