/**
 * Makes the tables of docs/results.md: runs the commands whose results are not in the folder yet (half an hour
 * on two cores; one that was stopped goes on), then fills in what stands between `<!-- name -->` and `<!-- /name -->`.
 * `npx tsx bench/results.ts FOLDER [--no-run]`; with the flag, tables without a result stay as they are.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

type Row = Readonly<Record<string, string | number | undefined>>;
interface Part {
  readonly name: string;
  readonly images: number;
  readonly rows: readonly Row[];
}

const root = fileURLToPath(new URL('..', import.meta.url));
const common = ['--model', 'public/models/pictogram-clip', '--set', 'public/sets/pictograms'];
const texts = ['--texts', 'public/sets/pictograms/words.txt'];
const words = ['adversarial', ...common, ...texts, '--names', 'training/concepts.json'];
const released = ['--form', 'as-released'];
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  ablate: ['ablate', ...common, ...texts],
  'ablate-as-released': ['ablate', ...common, ...texts, ...released, '--terms', '4,16,64'],
  segment: ['segment', ...common, '--half', 'odd'],
  'segment-as-released': ['segment', ...common, '--half', 'odd', ...released],
  adversarial: words,
  'adversarial-difference': [
    ...[...words, '--layers', 'all', '--pairs', '16', '--pairs-seed', '2'],
    ...['--pictures', '30', '--seeds', '0', '--indirect-neurons', '0'],
  ],
  indirect: ['indirect', ...common],
};

const [folder, flag] = process.argv.slice(2);
if (folder === undefined) throw new Error('give a folder for the results');
mkdirSync(folder, { recursive: true });

function resultOf(name: string): Record<string, unknown> {
  const out = join(folder!, `${name}.json`);
  if (!existsSync(out)) {
    const resume = existsSync(`${out}.checkpoint`) ? ['--resume'] : [];
    const argv = ['--import', 'tsx', 'cli/main.ts', ...COMMANDS[name]!, '--out', out, ...resume];
    const { status } = spawnSync(process.execPath, argv, { cwd: root, stdio: 'inherit' });
    if (status !== 0) throw new Error(`${name} ended with ${status}`);
  }
  return JSON.parse(readFileSync(out, 'utf8')) as Record<string, unknown>;
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
const show = (value: unknown, digits = 1): string =>
  typeof value === 'number' ? value.toFixed(digits) : '–';
const withError = (value: unknown, error: unknown, digits = 1): string =>
  error === undefined ? show(value, digits) : `${show(value, digits)} ± ${show(error, digits)}`;

const NAMES: readonly [string, string][] = [
  ['withoutAll', 'all'],
  ['withoutSignificant', 'significant'],
  ['withoutInsignificant', 'insignificant'],
];

/** A block a row: changes of accuracy in points. */
function ablations(name: string): string {
  const parts = resultOf(name).parts as Part[];
  return parts
    .map(({ name: part, images, rows }) => {
      const blocks = [...new Set(rows.map(({ block }) => block))];
      const lengths = [...new Set(rows.flatMap(({ terms }) => terms ?? []))];
      const own = (block: unknown, ablation: string, terms?: unknown) =>
        rows.find((row) => row.block === block && row.ablation === ablation && row.terms === terms);
      const cell = (row: Row | undefined) => withError(row?.change, row?.changeStandardError);
      const push = (block: unknown, asLongAs: string) => {
        const pushes = rows.filter((row) => row.block === block && row.asLongAs === asLongAs);
        return show(pushes.reduce((sum, { change }) => sum + Number(change), 0) / pushes.length);
      };
      const header = [
        'block',
        ...NAMES.map(([, word]) => `without ${word} (random push)`),
        'from principal direction',
        ...lengths.map((m) => `from ${m} texts`),
      ];
      const body = blocks.map((block) => [
        String(block),
        ...NAMES.map(([ablation]) => `${cell(own(block, ablation))} (${push(block, ablation)})`),
        cell(own(block, 'fromDirections')),
        ...lengths.map((m) => cell(own(block, 'fromTexts', m))),
      ]);
      const baseline = own(blocks[0], 'baseline')!;
      const before = withError(baseline.percent, baseline.standardError);
      return `**${part}**, ${images} scenes of one object, untouched ${before}%:\n\n${table(header, body)}`;
    })
    .join('\n\n');
}

/** Rows of one segmenter but for the seed are one row: means over the seeds. */
const withoutSeed = (segmenter: unknown): string => String(segmenter).replace(/, seed \d+$/, '');

/** A segmenter a row, what a threshold has a say in for both thresholds. */
function segmentations(name: string): string {
  const parts = resultOf(name).parts as Part[];
  const header = [
    ...['segmenter', 'mAP', 'less raw attention’s', 'mIoU at 0.5', 'at the mean', 'pixel accuracy at 0.5'],
    ...['at the mean', 'IoU less raw attention’s at 0.5', 'at the mean'],
  ];
  return parts
    .map(({ name: part, images, rows }) => {
      const names = [...new Set(rows.map(({ segmenter }) => withoutSeed(segmenter)))];
      const body = names.map((segmenter) => {
        const mean = (key: string, threshold: unknown) => {
          const own = rows.filter(
            (row) => withoutSeed(row.segmenter) === segmenter && row.threshold === threshold,
          );
          return own.reduce((sum, row) => sum + Number(row[key]), 0) / own.length;
        };
        const both = (key: string) => [0.5, 'mean'].map((threshold) => show(mean(key, threshold)));
        const gain = (key: string, threshold: unknown) =>
          segmenter === 'raw attention'
            ? ''
            : withError(mean(key, threshold), mean(`${key}StandardError`, threshold));
        return [
          segmenter,
          show(mean('meanAveragePrecision', 0.5)),
          gain('precisionOverAttention', 0.5),
          ...both('meanIou'),
          ...both('pixelAccuracy'),
          gain('gainOverAttention', 0.5),
          gain('gainOverAttention', 'mean'),
        ];
      });
      return `**${part}**, ${images} scenes, ${rows[0]?.queries} objects:\n\n${table(header, body)}`;
    })
    .join('\n\n');
}

function adversarialTables(name: string): string {
  const { summary, pairs } = resultOf(name) as {
    summary: Row[];
    pairs: {
      target: string;
      depicted: string;
      trials: { way: string; successes: number; pictures: number }[];
    }[];
  };
  const header = [
    ...[
      'words',
      'success, %',
      'less random words’',
      'less words’ along the difference',
      'deviation between seeds',
    ],
    ...['best of all classes, %', 'margin', 'less random words’', 'less words’ along the difference'],
  ];
  const overall = summary.map((row) => {
    const cell = (key: string) => withError(row[key], row[`${key}StandardError`]);
    const way = String(row.way);
    return [
      way,
      cell('success'),
      way === 'random words' ? '' : cell('successOverRandom'),
      way === 'words along the difference' ? '' : cell('successOverDifference'),
      show(row.deviationOverSeeds),
      show(row.bestOfAllClasses),
      show(row.margin),
      way === 'random words' ? '' : cell('marginOverRandom'),
      way === 'words along the difference' ? '' : cell('marginOverDifference'),
    ];
  });
  const ways = summary.map(({ way }) => String(way));
  const each = pairs.map(({ target, depicted, trials }) => [
    `${target} for ${depicted}`,
    ...ways.map((way) => {
      const own = trials.filter((trial) => trial.way === way);
      const rates = own.map(({ successes, pictures }) => (100 * successes) / pictures);
      const mean = rates.reduce((sum, x) => sum + x, 0) / rates.length;
      const variance = rates.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, rates.length - 1);
      return `${show(mean)} ± ${show(Math.sqrt(variance))}`;
    }),
  ]);
  if (pairs[0]!.trials.length === ways.length) return table(header, overall); // one seed
  return `${table(header, overall)}\n\nBy pair, mean ± standard deviation over seeds:\n\n${table(['pair', ...ways], each)}`;
}

function indirectTable(): string {
  const rows = resultOf('indirect').rows as Row[];
  const header = [
    ...['part', 'block', 'length, indirect', 'length, second order', 'cosine of the two'],
    ...["label's score", 'accuracy, points'],
  ];
  const body = rows.map((row) => [
    String(row.part),
    String(row.block),
    withError(row.indirectLength, row.indirectLengthStandardError, 3),
    withError(row.secondOrderLength, row.secondOrderLengthStandardError, 3),
    withError(row.cosine, row.cosineStandardError, 2),
    withError(row.labelScoreChange, row.labelScoreChangeStandardError, 3),
    withError(row.accuracyChange, row.accuracyChangeStandardError, 2),
  ]);
  return table(header, body);
}

const TABLES: Readonly<Record<string, () => string>> = {
  ablate: () => ablations('ablate'),
  'ablate-as-released': () => ablations('ablate-as-released'),
  segment: () => segmentations('segment'),
  'segment-as-released': () => segmentations('segment-as-released'),
  adversarial: () => adversarialTables('adversarial'),
  'adversarial-difference': () => adversarialTables('adversarial-difference'),
  indirect: indirectTable,
};

const page = join(root, 'docs', 'results.md');
let text = readFileSync(page, 'utf8');
for (const [name, make] of Object.entries(TABLES)) {
  const between = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- /${name} -->)`);
  if (flag === '--no-run' && !existsSync(join(folder, `${name}.json`))) continue;
  const made = make();
  text = text.replace(between, (_, start: string, end: string) => `${start}\n${made}\n\n${end}`);
}
writeFileSync(page, text);
