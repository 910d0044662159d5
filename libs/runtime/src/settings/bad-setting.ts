/** A setting that cannot be used: its message is one line with the setting, its value and the rule. */
export class BadSetting extends Error {
  /** @param value undefined where the setting is not set; `…` where the value may hold a secret */
  constructor(name: string, value: string | undefined, rule: string) {
    super(`${name}${value === undefined ? ' is not set' : `=${JSON.stringify(value)}`}: ${rule}`);
    this.name = 'BadSetting';
  }
}

/** Every setting that cannot be used; its message has one line for each. */
export class BadSettings extends Error {
  readonly faults: readonly BadSetting[];

  constructor(faults: readonly BadSetting[]) {
    super(faults.map(({ message }) => message).join('\n'));
    this.name = 'BadSettings';
    this.faults = faults;
  }
}
