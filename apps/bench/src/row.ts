/** One measurement against a baseline of the same run (design §6). */
export interface Row {
  readonly name: string;
  readonly value: number | null;
  readonly unit: string;
  readonly baseline: string;
  /** The value divided by the baseline's value in the same unit. */
  readonly ratio: number | null;
  readonly goal: string;
  readonly met: boolean | null;
  /** Why there is no ratio. */
  readonly skipped?: string;
}

export interface Benchmark {
  readonly name: string;
  readonly run: () => Promise<Row>;
}

export function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
