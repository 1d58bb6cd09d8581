import { open } from "node:fs/promises";
import { resolve } from "node:path";
import type { BuilderOutput } from "@colophon/config/emission";
import { ContainerPushError, usage } from "./error.ts";
import type { Surroundings } from "./surroundings.ts";

const MOST_BYTES = 16 * 1024 * 1024;

/** Reads what builders wrote, up to 16 MB each. Throws ContainerPushError. */
export async function readOutputs(
  paths: readonly string[],
  { cwd, stdin }: Pick<Surroundings, "cwd" | "stdin">,
): Promise<readonly BuilderOutput[]> {
  if (paths.filter((path) => path === "-").length > 1) throw usage("standard input can be read once");
  return await Promise.all(
    paths.map(async (path) =>
      path === "-"
        ? { bytes: await collect(stdin, "standard input"), where: "standard input" }
        : { bytes: await readOutput(resolve(cwd, path), path), where: path },
    ),
  );
}

async function readOutput(path: string, shown: string): Promise<Uint8Array> {
  try {
    await using file = await open(path);
    return await collect(file.createReadStream(), shown);
  } catch (cause) {
    if (cause instanceof ContainerPushError) throw cause;
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown failure";
    throw new ContainerPushError("OUTPUT_UNREADABLE", `${JSON.stringify(shown)} cannot be read: ${why}`, {
      hint: "Check the path, and that the builder wrote it.",
      cause,
    });
  }
}

async function collect(stream: AsyncIterable<Uint8Array>, where: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) {
      throw new ContainerPushError("OUTPUT_UNREADABLE", `${JSON.stringify(where)} has more than ${MOST_BYTES} bytes`, {
        hint: "Give what the builder wrote of its pushes, not the image itself.",
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
