/** What slsa-verifier's regression tests expect of a source: a case without `err` verifies. */
export interface RegressionCase {
  readonly name: string;
  readonly source: string;
  readonly pBuilderID?: readonly string[];
  readonly pbranch?: readonly string[];
  readonly ptag?: readonly string[];
  readonly pversiontag?: readonly string[];
  readonly err?: string;
}

/** The case's expectation as options of `colophon verify`. */
export function expectationArgs({ source, pBuilderID, pbranch, ptag, pversiontag }: RegressionCase): string[] {
  const option = (name: string, values: readonly string[] | undefined): string[] =>
    values?.[0] === undefined ? [] : [`--${name}`, values[0]];
  return [
    ...option("source-repository", [source]),
    ...option("builder-id", pBuilderID),
    ...option("source-branch", pbranch),
    ...option("source-tag", ptag),
    ...option("source-versioned-tag", pversiontag),
  ];
}
