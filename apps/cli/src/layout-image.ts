import { resolve } from "node:path";
import type { Answer, ObjectReference, Reason, ReleaseObject } from "@colophon/core";
import { createLayoutStore, listImages, openLayout } from "@colophon/config/oci-layout";
import { UsageError } from "./usage-error.ts";

/** An image of an OCI layout with what lies beside it and beside its members, or why that could not be read. */
export type LayoutImage =
  | { readonly object: ReleaseObject; readonly answers: readonly Answer[] }
  | { readonly unread: Reason };

/** Finds the image of that digest, or the layout's only one. Throws OciError where the folder is no layout, UsageError where it has no such image, or several. */
export async function findLayoutImage(
  { folder, digest }: Extract<ObjectReference, { kind: "oci-layout" }>,
  cwd: string,
): Promise<LayoutImage> {
  const layout = await openLayout(resolve(cwd, folder));
  const { objects, gaps } = await listImages(layout, digest);
  const [gap] = gaps;
  if (gap?.reason.code === "no-such-object") throw new UsageError(gap.reason.message, gap.reason.hint);
  if (gap !== undefined) return { unread: gap.reason };
  const [object, ...more] = objects;
  if (object === undefined) throw new UsageError(`${folder} holds no image`);
  if (more.length > 0) {
    throw new UsageError(
      `${folder} holds ${objects.length} images`,
      `Name one behind an @: ${objects
        .map(({ version }) => version)
        .slice(0, 5)
        .join(", ")}`,
    );
  }
  const answers: Answer[] = [];
  const asked = [object, ...(object.members ?? []).map((member) => member.object)];
  for await (const answer of createLayoutStore(layout).find(asked)) answers.push(answer);
  return { object, answers };
}
