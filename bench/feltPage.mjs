/** Runs in the page before anything else, for felt.ts: looks at every frame what has come. */
const felt = {
  list: 0,
  thumbs: 0,
  neuron: 0,
  picture: 0,
  search: 0,
  shift: 0,
  longest: 0,
  started: Number.POSITIVE_INFINITY,
  row: undefined,
  from(time) {
    felt.started = time;
  },
  /** From the letters that come now until another list of neurons is there. */
  fromTyping() {
    felt.row = firstRow();
    felt.search = 0;
    felt.started = Number.POSITIVE_INFINITY;
    addEventListener('input', ({ timeStamp }) => felt.from(timeStamp), { capture: true, once: true });
  },
};
window.felt = felt;

/** Its match with the words stands in it, which is another for other words though the neuron be the same. */
const firstRow = () => document.querySelector('[data-row="0"]')?.textContent;

const smallPictures = () =>
  Array.from(document.querySelectorAll('canvas[data-drawn]')).reduce(
    (sum, { dataset }) => sum + Number(dataset.drawn),
    0,
  );

/** Looks no more once it was there: looking takes time itself. */
const note = (name, since, isThere) => {
  if (felt[name] === 0 && isThere()) felt[name] = performance.now() - since;
};

const headings = () =>
  Array.from(document.querySelectorAll('h1, h2, h3'), ({ textContent }) => textContent ?? '');

function look() {
  note('list', 0, () =>
    /\d/.test(document.querySelector('[role=table] [role=rowheader]')?.textContent ?? ''),
  );
  note('thumbs', 0, () => smallPictures() >= 10);
  if (Number.isFinite(felt.started)) {
    note('neuron', felt.started, () => headings().some((text) => /neuron \d/i.test(text)));
    note(
      'picture',
      felt.started,
      () =>
        felt.neuron > 0 &&
        document.querySelector('canvas[data-state=small], canvas[data-state=drawn]') !== null,
    );
    // The legend of matches is there when the words have been read, and not while they are.
    if (felt.row) {
      note(
        'search',
        felt.started,
        () => firstRow() !== felt.row && document.querySelector('[class*=legendBar]') !== null,
      );
    }
  }
  requestAnimationFrame(look);
}
requestAnimationFrame(look);

new PerformanceObserver((list) => {
  for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) felt.shift += value;
}).observe({ type: 'layout-shift', buffered: true });
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) felt.longest = Math.max(felt.longest, duration);
}).observe({ type: 'longtask', buffered: true });
