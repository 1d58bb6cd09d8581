import { readDigestLines } from "./digest-lines.ts";
import { invalid, nothingPushed, quote } from "./failure.ts";
import { readJsonOutput } from "./json-output.ts";
import { isPackReport, readPackReport } from "./pack-report.ts";
import { toPushedImages, type PushedImages, type Reading } from "./pushed-images.ts";
import { isDockerPush, isHelmPush, readDockerPush, readHelmPush } from "./push-log.ts";
import { decodeText, readLines } from "./text.ts";

const FORMS =
  "Give buildx's --metadata-file, a --digestfile, ko's or crane's --image-refs, kaniko's files, jib-image.json, " +
  "report.toml, digests.txt, the JSON of oras push, or what docker push or helm push prints.";

/**
 * What a builder says that it pushed: its metadata, digest file, report, or what it printed, up to 16 MB. The content
 * tells the form; `where` names it in messages. A tool's word, which the registry has to confirm: above all where
 * `isMaybeConfig`, since `--iidfile` writes a config's digest as others write a manifest's.
 *
 * Throws BUILDER_OUTPUT_INVALID for what is of no known form, or broken; NOTHING_PUSHED where it names no image that was
 * pushed, be it empty or the config's digest all there is; TOO_LARGE. An image whose digest alone is not told is a problem.
 */
export function readBuilderOutput(bytes: Uint8Array, where: string): PushedImages {
  const text = decodeText(bytes, where);
  if (text.trim() === "") {
    throw nothingPushed(`${where} is empty`, "Check that the builder ended well, and where it wrote.");
  }
  const reading = read(text, where);
  if (reading === undefined) {
    throw invalid(where, `it is of no form that is known here: ${quote(text.trim().slice(0, 80))}`, FORMS);
  }
  return toPushedImages(reading, where);
}

function read(text: string, where: string): Reading | undefined {
  if (/^\s*(?:\{|\[\s*["[{\]])/.test(text)) return readJsonOutput(text, where);
  if (isPackReport(text)) return readPackReport(text, where);
  const lines = readLines(text, where);
  const [isDocker, isHelm] = [isDockerPush(lines), isHelmPush(lines)];
  if (isDocker && isHelm) {
    throw invalid(where, "it holds what docker push prints, and what helm push does", "Give one file of each.");
  }
  if (isDocker) return readDockerPush(lines, where);
  if (isHelm) return readHelmPush(lines, where);
  return readDigestLines(lines, where);
}
