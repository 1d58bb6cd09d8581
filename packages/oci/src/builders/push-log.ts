import { invalid, nothingPushed, quote } from "./failure.ts";
import { digestUnknown, type BuilderProblem, type Reading, type Told } from "./pushed-images.ts";

/** What a job's log or Go's puts before a line. */
const TIME = String.raw`(?:\d{4}-\d\d-\d\dT[\d:.]{8,20}Z |\d{4}/\d\d/\d\d \d\d:\d\d:\d\d )?`;
const REFERS = new RegExp(String.raw`^${TIME}The push refers to (?:a )?repository \[([^\s\]]{1,400})\]`);
const DOCKER = new RegExp(String.raw`^${TIME}(\S{1,600}): digest: (\S{1,200}) size: \d{1,20}$`);
const PUSHED = new RegExp(String.raw`^${TIME}Pushed: (\S{1,600})$`);
const DIGEST = new RegExp(String.raw`^${TIME}Digest: (\S{1,200})$`);

/** Whether one of the lines is of `docker push`, or of crane's log. */
export function isDockerPush(lines: readonly string[]): boolean {
  return lines.some((line) => REFERS.test(line) || line.includes(": digest: "));
}

/**
 * Reads what `docker push` prints, and crane as its log: `<tag>: digest: sha256:… size: n` after the repository, or
 * after a whole reference. Other lines are passed over.
 */
export function readDockerPush(lines: readonly string[], where: string): Reading {
  const told: Told[] = [];
  const problems: BuilderProblem[] = [];
  let repository: string | undefined;
  let isAnswered = true;
  const close = (): void => {
    if (repository !== undefined && !isAnswered) problems.push(digestUnknown(repository, where));
  };
  for (const line of lines) {
    const refers = REFERS.exec(line)?.[1];
    if (refers !== undefined) {
      close();
      repository = refers;
      isAnswered = false;
      continue;
    }
    const [, name, digest] = DOCKER.exec(line) ?? [];
    if (name === undefined || digest === undefined) {
      if (line.includes(": digest: ")) throw invalid(where, `${quote(line)} is not as docker push writes it`);
      continue;
    }
    const isWhole = name.includes("/");
    if (!isWhole && repository === undefined)
      throw invalid(where, `nothing says to which repository ${quote(name)} went`);
    told.push({ name: isWhole ? name : `${repository}:${name}`, digest });
    isAnswered = true;
  }
  close();
  return { from: "docker-push", told, problems };
}

/** Whether one of the lines is of `helm push`, or of what Helm had before. */
export function isHelmPush(lines: readonly string[]): boolean {
  return lines.some((line) => PUSHED.test(line)) || isOldHelm(lines);
}

/** Reads what `helm push` prints: `Pushed: <reference>`, then `Digest: sha256:…`. Other lines are passed over. */
export function readHelmPush(lines: readonly string[], where: string): Reading {
  if (isOldHelm(lines)) {
    throw nothingPushed(
      `${where} holds the digest of a chart's archive, not of its manifest`,
      "Push with Helm 3.8 or newer.",
    );
  }
  const told: Told[] = [];
  const problems: BuilderProblem[] = [];
  let pushed: string | undefined;
  const close = (): void => {
    if (pushed !== undefined) problems.push(digestUnknown(pushed, where));
  };
  for (const line of lines) {
    const name = PUSHED.exec(line)?.[1];
    const digest = DIGEST.exec(line)?.[1];
    if (name !== undefined) {
      close();
      // Helm pushes the + of a version as _.
      pushed = name.replaceAll("+", "_");
    }
    // docker pull prints such a line too.
    if (digest === undefined || pushed === undefined) continue;
    told.push({ name: pushed, digest });
    pushed = undefined;
  }
  close();
  return { from: "helm-push", told, problems };
}

/** `helm chart push` of Helm 3.0 to 3.7 printed the digest of the archive, without its algorithm. */
function isOldHelm(lines: readonly string[]): boolean {
  return lines.some((line) => /^ref: +\S/.test(line)) && lines.some((line) => /^digest: +[0-9a-f]{64}$/.test(line));
}
