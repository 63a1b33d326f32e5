import { Button } from 'react-aria-components';
import { type AskedModel, type ModelPlan, useLens } from '../../state/index.ts';
import page from '../app/page.module.css';
import { bytes } from '../charts/format.ts';
import { JobProgress } from '../own/JobProgress.tsx';
import styles from './models.module.css';

/** What a model would take, and then how far it is. */
export function AskedPanel({ asked }: { readonly asked: AskedModel }) {
  const engine = useLens((state) => state.engine);
  const { plan } = asked;
  const { dropAsked, askFor } = useLens.getState();
  if (plan.status === 'failed') {
    return (
      <div className={styles.asked} role="alert">
        <p className={page.problem}>{plan.message}</p>
        <div className={page.buttons}>
          <Button className="button" onPress={() => void askFor(asked.source)}>
            Try again
          </Button>
          <Button className="button" onPress={dropAsked}>
            Leave it
          </Button>
        </div>
      </div>
    );
  }
  if (plan.status !== 'ready') {
    return (
      <div className={styles.asked} role="status">
        <p className={page.soft}>Asking its server …</p>
      </div>
    );
  }
  if (engine.status === 'loading') return <JobProgress progress={engine.progress} onCancel={dropAsked} />;
  return <Plan plan={plan.value} />;
}

function Plan({ plan }: { readonly plan: ModelPlan }) {
  const { openAsked, dropAsked } = useLens.getState();
  const { bytesToDownload, textBytesToDownload, bytesStored, quotaFree, needs } = plan;
  return (
    <div className={styles.asked}>
      <dl className={page.facts}>
        <dt>To download now</dt>
        <dd>
          {bytesToDownload > 0 ? bytes(bytesToDownload) : 'nothing'}
          {bytesStored > 0 && ` (${bytes(bytesStored)} are here already)`}
        </dd>
        {textBytesToDownload !== undefined && textBytesToDownload > 0 && (
          <>
            <dt>When words are first needed</dt>
            <dd>{bytes(textBytesToDownload)} more</dd>
          </>
        )}
        {quotaFree !== undefined && (
          <>
            <dt>Room in this browser</dt>
            <dd>{bytes(quotaFree)}</dd>
          </>
        )}
        <dt>On a GPU</dt>
        <dd>about {bytes(needs.gpuBytes)} of its memory</dd>
        <dt>Without one</dt>
        <dd>{needs.processor}</dd>
        {plan.selfCheck && (
          <>
            <dt>Self-check</dt>
            <dd>{plan.selfCheck}</dd>
          </>
        )}
        {plan.licence && (
          <>
            <dt>Licence</dt>
            <dd>{plan.licence}</dd>
          </>
        )}
      </dl>
      {plan.problems.map((problem) => (
        <p key={problem} className={page.problem}>
          {problem}
        </p>
      ))}
      <div className={page.buttons}>
        <Button className="button" data-main onPress={() => void openAsked()}>
          {bytesToDownload > 0 ? `Download ${bytes(bytesToDownload)} and open` : 'Open'}
        </Button>
        <Button className="button" onPress={dropAsked}>
          Not now
        </Button>
      </div>
      {plan.citation && (
        <details className={styles.citation}>
          <summary>How to cite it</summary>
          <pre>{plan.citation}</pre>
        </details>
      )}
    </div>
  );
}
