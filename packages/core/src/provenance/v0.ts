import { arrayAt, isObject, objectAt, stringAt, type JsonObject } from "../strict-json.ts";
import { commitOf, isGitUri, readDependencies, readDigests, splitGitUri } from "./dependency.ts";
import {
  builderIdOf,
  missingPath,
  PROVENANCE_V0_1,
  PROVENANCE_V0_2,
  type Dependency,
  type Provenance,
  type ProvenanceSource,
} from "./form.ts";
import { pathOfWorkflowRef } from "./v1.ts";

/** SLSA provenance v0.2 (slsa.dev/provenance/v0.2). A null `configSource` and materials without digest are accepted. */
export function readV02(predicate: unknown): Provenance {
  const builderId = builderIdOf(objectAt(predicate, "builder"));
  if (builderId === undefined) throw missingPath("predicate.builder.id", PROVENANCE_V0_2);
  const buildType = stringAt(predicate, "buildType");
  if (buildType === undefined) throw missingPath("predicate.buildType", PROVENANCE_V0_2);
  const invocation = objectAt(predicate, "invocation");
  const config = objectAt(invocation, "configSource");
  const materials = readDependencies(arrayAt(predicate, "materials"));
  return {
    version: "0.2",
    builderId,
    buildType,
    source: readSource(
      stringAt(config, "uri"),
      readDigests(config?.["digest"]),
      stringAt(config, "entryPoint"),
      materials,
    ),
    externalParameters: invocation?.["parameters"] ?? null,
    internalParameters: invocation?.["environment"] ?? null,
    resolvedDependencies: materials,
    ...readMetadata(objectAt(predicate, "metadata")),
  };
}

/** SLSA provenance v0.1 (slsa.dev/provenance/v0.1): `recipe.definedInMaterial` is an index into `materials`. */
export function readV01(predicate: unknown): Provenance {
  const builderId = builderIdOf(objectAt(predicate, "builder"));
  if (builderId === undefined) throw missingPath("predicate.builder.id", PROVENANCE_V0_1);
  const recipe = objectAt(predicate, "recipe");
  const buildType = stringAt(recipe, "type");
  if (buildType === undefined) throw missingPath("predicate.recipe.type", PROVENANCE_V0_1);
  const written = arrayAt(predicate, "materials") ?? [];
  const materials = readDependencies(written);
  const index = recipe?.["definedInMaterial"];
  // Counted before what is no material is left out.
  const [defined] = readDependencies(typeof index === "number" ? [written[index]] : []);
  return {
    version: "0.1",
    builderId,
    buildType,
    source: readSource(defined?.uri, defined?.digest ?? {}, stringAt(recipe, "entryPoint"), materials),
    externalParameters: recipe?.["arguments"] ?? null,
    internalParameters: recipe?.["environment"] ?? null,
    resolvedDependencies: materials,
    ...readMetadata(objectAt(predicate, "metadata")),
  };
}

function readSource(
  uri: string | undefined,
  digest: Readonly<Record<string, string>>,
  entryPoint: string | undefined,
  materials: readonly Dependency[],
): ProvenanceSource {
  // BuildKit lists base images first: only a git repository can be the source.
  const material =
    materials.find((entry) => entry.uri?.startsWith("git+")) ?? materials.find((entry) => isGitUri(entry.uri));
  const from = isGitUri(uri) ? uri : material?.uri;
  const commit = commitOf(digest) ?? (from === material?.uri ? commitOf(material?.digest ?? {}) : undefined);
  const path = pathOfWorkflowRef(entryPoint) ?? entryPoint;
  return {
    ...(from === undefined ? {} : splitGitUri(from)),
    ...(commit === undefined ? {} : { commit }),
    ...(path === undefined ? {} : { entryPoint: path }),
  };
}

/** slsa-github-generator spells `buildInvocationId` in two ways, so that key is found in any case. */
function readMetadata(metadata: JsonObject | undefined): Pick<Provenance, "invocationId" | "startedOn" | "finishedOn"> {
  if (!isObject(metadata)) return {};
  const key = Object.keys(metadata).find((name) => name.toLowerCase() === "buildinvocationid");
  const invocationId = key === undefined ? undefined : stringAt(metadata, key);
  const startedOn = stringAt(metadata, "buildStartedOn");
  const finishedOn = stringAt(metadata, "buildFinishedOn");
  return {
    ...(invocationId === undefined ? {} : { invocationId }),
    ...(startedOn === undefined ? {} : { startedOn }),
    ...(finishedOn === undefined ? {} : { finishedOn }),
  };
}
