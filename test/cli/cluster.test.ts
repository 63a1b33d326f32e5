import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { bake } from '../../cli/bake/bake.ts';
import { merge } from '../../cli/bake/merge.ts';
import { quietly } from './quietly.ts';

/** The words of every call of ours in a file for a cluster, with something in the place of each variable. */
function calls(file: string): string[][] {
  const text = readFileSync(`docs/cluster/${file}`, 'utf8').replaceAll('\\\n', ' ');
  const found = text.matchAll(/npx tsx cli\/main\.ts ((?:.(?!resources:))+?)(?=\n\s*resources:|\nfi|\n*$)/gs);
  return Array.from(found, ([, words]) =>
    words!
      .replaceAll('"$JOB_COMPLETION_INDEX/64"', '3/64')
      .replaceAll('"$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT"', '3/64')
      .replaceAll('"$SLURM_CPUS_PER_TASK"', '8')
      .replaceAll(/"\$\{what\[@\]\}"/g, '--settle unsettled')
      .replaceAll(/[$"{}]/g, '')
      .split(/\s+/)
      .filter((word) => word !== ''),
  );
}

it.each([
  ['kubernetes.yaml', ['bake', 'merge', 'bake', 'merge']],
  ['slurm-bake.sh', ['bake']],
  ['slurm-merge.sh', ['merge', 'merge']],
])('%s calls bake and merge, and nothing that they do not understand', async (file, commands) => {
  const found = calls(file);
  expect(found.map(([name]) => name)).toEqual(commands);
  for (const [name, ...argv] of found) {
    const refused = await quietly(name === 'bake' ? bake : merge, argv).catch(
      (error: Error) => error.message,
    );
    expect(refused).not.toMatch(/option|is missing|needs a value|takes/); // what is refused is not there on this machine
    expect(refused).toMatch(/is no (state )?folder|is not a folder|is not there/);
  }
});
