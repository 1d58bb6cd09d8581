/** Exit codes of every command (design §6). */
export const EXIT = { met: 0, notMet: 1, usage: 2, incomplete: 3, internal: 70, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
