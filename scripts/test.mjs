/**
 * `npm test`: every check of the project, in the order of their cost. All steps run even when one
 * fails, so that one run tells everything. Name steps to run only those: `npm test -- unit browser`.
 */
import { spawnSync } from 'node:child_process';
import { ensureBrowser } from './browser.mjs';

const STEPS = [
  { name: 'lint', command: ['npx', 'biome', 'ci', '.'] },
  { name: 'types', command: ['npx', 'tsc'] },
  { name: 'boundaries', command: ['npm', 'run', '--silent', 'boundaries'] },
  { name: 'unit', command: ['npx', 'vitest', 'run'] },
  { name: 'build', command: ['npx', 'vite', 'build'] },
  { name: 'size', command: ['node', 'scripts/size.mjs'] },
  { name: 'browser', command: ['npx', 'playwright', 'test'], browser: true },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(
    `Unknown step ${unknown.join(', ')}; steps are ${STEPS.map((step) => step.name).join(', ')}.`,
  );
  process.exit(2);
}

function runStep(step) {
  if (step.browser) {
    const browser = ensureBrowser();
    if (!browser.found) return { ok: false, detail: browser.detail };
  }
  const [command, ...args] = step.command;
  return { ok: spawnSync(command, args, { stdio: 'inherit' }).status === 0, detail: step.command.join(' ') };
}

const results = STEPS.filter((step) => wanted.length === 0 || wanted.includes(step.name)).map((step) => {
  console.log(`\n— ${step.name}`);
  const started = Date.now();
  return { name: step.name, ...runStep(step), seconds: (Date.now() - started) / 1000 };
});

console.log('');
for (const { name, ok, seconds, detail } of results) {
  console.log(
    `${ok ? 'ok  ' : 'FAIL'} ${name.padEnd(11)} ${seconds.toFixed(1).padStart(6)} s${ok ? '' : `   ${detail}`}`,
  );
}
const failed = results.filter((result) => !result.ok).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
