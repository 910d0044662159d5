/** The name under which a configuration tells when it was asked for. */
export const MOMENT = '__timestamp';
