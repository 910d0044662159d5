/** The most ids one URI may hold. */
export const MAX_IDS = 100;
