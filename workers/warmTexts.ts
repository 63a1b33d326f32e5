import type { Engine } from '../src/engine/engine.ts';

/** After these few runs a browser has found what of the runtime is worth compiling well; of a large tower, sooner. */
const RUNS = 8;
const ENOUGH_MS = 300;
/** The answer is drawn first. */
const MOMENT_MS = 400;
const FEW_TEXTS = 4;

/**
 * Returns a function to call when an engine has read `texts`. The first time, it has them read again a few times, a
 * moment later: browsers compile WASM quickly at first and well only once it has run for a while, and would do so
 * during the next search, on the processors that search needs. A search meanwhile waits for one run, not for all.
 */
export function textWarmer(): (engine: Engine, texts: readonly string[]) => void {
  const warmed = new WeakSet<Engine>();
  return (engine, texts) => {
    if (warmed.has(engine) || engine.backend.provider !== 'wasm') return;
    warmed.add(engine);
    const again = () => readAgain(engine, texts.slice(0, FEW_TEXTS));
    setTimeout(() => void again().catch(() => {}), MOMENT_MS); // of a model let go of meanwhile: nobody waits for it
  };
}

async function readAgain(engine: Engine, texts: readonly string[]): Promise<void> {
  const start = performance.now();
  for (let run = 0; run < RUNS && performance.now() - start < ENOUGH_MS; run++) {
    await engine.embedTexts(texts);
  }
}
