import { spawnSync } from "node:child_process";

const UNSHARE = ["unshare", "--net", "--pid", "--mount-proc", "--fork", "--kill-child"];
const SET_UP = 'ip link set lo up && mount --bind "$1" /etc/hosts && shift && exec "$@"';

/** Whether the kernel gives an empty network namespace, whose one interface is loopback. */
export function canIsolate(): boolean {
  const [command = "", ...args] = isolate("/etc/hosts", ["true"]);
  return spawnSync(command, args).status === 0 && spawnSync("nsenter", ["--version"]).status === 0;
}

/** A command in a network of its own, with that hosts file; whatever it started ends with it. */
export function isolate(hosts: string, command: readonly string[]): string[] {
  return [...UNSHARE, "sh", "-c", SET_UP, "sh", hosts, ...command];
}

/** A command in the network of a process. */
export function enter(pid: number, command: readonly string[]): string[] {
  return ["nsenter", `--target=${pid}`, "--net", ...command];
}
