import { readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { WorkspaceError } from "../error.ts";
import { codeOf } from "../fault.ts";
import { quote } from "../name.ts";

/** When this process began, which tells it from an earlier one of the same number, as containers have them. */
const SINCE = String(Math.round(performance.timeOrigin));

/**
 * Keeps two runs from writing into one folder. The lock of a process that has ended is taken over, so that a run after a
 * crash goes on. Returns what gives the lock back. Throws OUTPUT_BUSY, or the fault of the operating system.
 */
export async function lockFolder(folder: string, shown: string): Promise<() => Promise<void>> {
  const file = join(folder, "lock");
  if (!(await create(file))) {
    // Only one process at a time looks whether the lock is a dead one's and takes it away.
    const guard = join(folder, "lock.takeover");
    if (!(await create(guard))) throw busy(shown);
    try {
      if (!(await isDead(file))) throw busy(shown);
      await rm(file, { force: true });
    } finally {
      await rm(guard, { force: true });
    }
    if (!(await create(file))) throw busy(shown);
  }
  return async () => await rm(file, { force: true });
}

async function create(file: string): Promise<boolean> {
  try {
    await writeFile(file, `${hostname()} ${process.pid} ${SINCE}`, { flag: "wx" });
    return true;
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") return false;
    throw cause;
  }
}

/** Whether the process that wrote a lock has certainly ended. On another machine, or written halfway, nothing is certain. */
async function isDead(lock: string): Promise<boolean> {
  const [host, pid = "", since] = (await readFile(lock, "utf8")).split(" ");
  if (host !== hostname() || !/^[1-9]\d{0,9}$/.test(pid)) return false;
  if (Number(pid) === process.pid) return since !== SINCE;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (cause) {
    return codeOf(cause) === "ESRCH";
  }
}

function busy(folder: string): WorkspaceError {
  return new WorkspaceError("OUTPUT_BUSY", `another run writes into ${quote(folder)}`, {
    hint: `Let it end. If there is none, delete the files whose names start with ${quote(`${folder}/.colophon/lock`)}.`,
  });
}
