/**
 * Processor time in ms that this process has taken since `start`, of `process.cpuUsage()`: what a bound is about where
 * other work on the machine makes every clock run on.
 */
export function cpuMs(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
