/** Cases per property where nobody says: over a network each costs thousands of times what a call of a function does. */
export const DEFAULT_RUNS = { overHttp: 50, ofCalls: 100 } as const;
