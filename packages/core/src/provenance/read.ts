import type { Statement } from "../statement.ts";
import { PROVENANCE_V0_1, PROVENANCE_V0_2, PROVENANCE_V1, type Provenance } from "./form.ts";
import { readV01, readV02 } from "./v0.ts";
import { readV1 } from "./v1.ts";

/**
 * Reads SLSA provenance v0.1, v0.2 or v1 (slsa.dev/spec, provenance), each in its own format only.
 * Returns null for another predicate type. Throws PREDICATE_MALFORMED with the first path that is missing.
 */
export function readProvenance(statement: Statement): Provenance | null {
  switch (statement.predicateType) {
    case PROVENANCE_V1:
      return readV1(statement.predicate);
    case PROVENANCE_V0_2:
      return readV02(statement.predicate);
    case PROVENANCE_V0_1:
      return readV01(statement.predicate);
    default:
      return null;
  }
}
