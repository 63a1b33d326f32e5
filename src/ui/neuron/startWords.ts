import type { EngineStatus } from '../../state/index.ts';

/** What to say while the model is not yet running; undefined when it is. */
export function startWords(engine: EngineStatus): string | undefined {
  if (engine.status === 'ready') return undefined;
  if (engine.status === 'failed') return `The model did not start: ${engine.message}`;
  const progress = engine.status === 'loading' ? engine.progress : undefined;
  if (!progress) return 'Starting the model on this machine; only the first map waits for it …';
  const share = progress.total > 0 ? ` ${Math.round((100 * progress.done) / progress.total)}%` : '';
  return `Starting the model on this machine: ${progress.stage}${share} …`;
}
