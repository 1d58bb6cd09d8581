import { isAbsolute, relative, sep } from "node:path";

/** Whether a path is the folder or below it. Both absolute, symbolic links resolved. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
