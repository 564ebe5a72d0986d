import { readFileSync } from "node:fs";

/**
 * The resident memory of a process, in bytes: `VmRSS` of `/proc/<pid>/status` (Linux, proc_pid_status(5)), what Kubernetes
 * counts against a container's limit but for the page cache.
 *
 * @throws Error where the process has ended
 */
export function residentBytes(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  if (kibibytes === undefined) throw new Error(`process ${pid} has no memory: it has ended`);
  return Number(kibibytes) * 1024;
}
