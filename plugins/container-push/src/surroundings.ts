export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly color: boolean;
  readonly version: string;
}

/** Exit codes as `colophon` has them (design §6). */
export const EXIT = { met: 0, refused: 1, usage: 2, incomplete: 3, internal: 70 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
