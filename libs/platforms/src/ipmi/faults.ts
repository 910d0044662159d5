/** Why no session came about, as `ipmitool` tells it; `none`: it does not tell. */
export type SessionFault = 'password' | 'user' | 'role' | 'cipher' | 'busy' | 'none';

/** A BMC that lets nobody in: somebody has to look. */
export class LoginRefused extends Error {
  readonly fault: SessionFault;

  constructor(message: string, fault: SessionFault) {
    super(message);
    this.fault = fault;
  }
}

/** A BMC that refused one command, with its completion code. */
export class CommandRefused extends Error {
  /** From 0 to 255; null: it says none. */
  readonly code: number | null;

  constructor(message: string, code: number | null) {
    super(message);
    this.code = code;
  }
}

const SESSION_FAULTS: readonly (readonly [RegExp, SessionFault])[] = [
  [/RAKP 2 HMAC is invalid|RAKP 4 message .*(?:invalid|integrity)|invalid integrity check value/i, 'password'],
  [/unauthorized name/i, 'user'],
  [/(?:unauthorized|invalid) role/i, 'role'],
  [/(?:authentication|integrity|confidentiality) algorithm|cipher suite/i, 'cipher'],
  [/insufficient resources for session/i, 'busy'],
];

/** What `ipmitool -v` tells of a session that did not come about. */
export const sessionFaultIn = (output: string): SessionFault =>
  SESSION_FAULTS.find(([pattern]) => pattern.test(output))?.[1] ?? 'none';

/** What may go well in a moment: the BMC is at something else, or a message was lost. */
const PASSING = new RegExp(
  [
    'LANPLUS_STATE_(?:PRESESSION|RAKP_2_RECEIVED|OPEN_SESSION_RECEIEVED)',
    'Received an Unexpected Open Session Response',
    'insufficient resources for session',
    'Unable to establish IPMI v2 / RMCP\\+ session',
    'Error sending request',
    'Unable to get Chassis Power Status',
    'Timeout Attempting power',
    'Close Session command failed',
    'Node busy',
  ].join('|'),
  'i',
);
export const isPassing = (output: string): boolean => PASSING.test(output);

const SESSIONLESS =
  /Unable to establish IPMI v2 \/ RMCP\+ session|Error sending request|insufficient resources for session|Set Session Privilege Level/i;
/** Whether no session came about at all, which has many reasons. */
export const isSessionless = (output: string): boolean => SESSIONLESS.test(output);

/** The completion code that a command ended with; undefined: it says none. */
export function completionCodeIn(output: string): number | undefined {
  const [, code] = /\brsp=0x([0-9a-f]{1,2})\b/i.exec(output) ?? [];
  return code === undefined ? undefined : Number.parseInt(code, 16);
}

/** What `ipmitool` says each time where the list of manufacturers that belongs to it is not installed. */
const NO_MANUFACTURERS = /IANA PEN/i;

/** Whether what `ipmitool` says besides a list tells that the list is not all of it. */
export const tellsOfError = (said: string): boolean =>
  said
    .split('\n')
    .some((line) => !NO_MANUFACTURERS.test(line) && /error|fail|unable|invalid|time[d ]*out|unexpected/i.test(line));
