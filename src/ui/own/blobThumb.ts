/** Pixels a side: as large as a picture is ever shown, on a fine screen. */
const SIDE = 640;
/** Decoded at the same time; a photograph is 50 MB and more while it is. */
const AT_ONCE = 2;

const thumbs = new WeakMap<Blob, Promise<ImageBitmap>>();
const waiting: (() => Promise<void>)[] = [];
let running = 0;

/** The square in the middle of a picture, reduced: the part the model sees. */
async function cut(file: Blob): Promise<ImageBitmap> {
  const whole = await createImageBitmap(file);
  try {
    const side = Math.min(whole.width, whole.height);
    const size = Math.min(side, SIDE);
    const [left, top] = [Math.floor((whole.width - side) / 2), Math.floor((whole.height - side) / 2)];
    return await createImageBitmap(whole, left, top, side, side, {
      resizeWidth: size,
      resizeHeight: size,
      resizeQuality: 'high',
    });
  } finally {
    whole.close();
  }
}

function next(): void {
  while (running < AT_ONCE) {
    const work = waiting.shift();
    if (!work) return;
    running++;
    work().finally(() => {
      running--;
      next();
    });
  }
}

/** A person's picture made small, once; photographs are not kept at their full size. */
export function blobThumb(file: Blob): Promise<ImageBitmap> {
  const known = thumbs.get(file);
  if (known) return known;
  const thumb = new Promise<ImageBitmap>((resolve, reject) => {
    waiting.push(() => cut(file).then(resolve, reject));
  });
  thumbs.set(file, thumb);
  next();
  return thumb;
}
