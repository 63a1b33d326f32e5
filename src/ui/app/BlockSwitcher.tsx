import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import { blocksOf, useLens } from '../../state/index.ts';
import { Explain } from './Explain.tsx';
import styles from './shell.module.css';

/** Which block is looked at; the digits of the keyboard do the same. */
export function BlockSwitcher() {
  const subject = useLens((state) => state.subject);
  const block = useLens((state) => state.view.block);
  if (subject.status !== 'ready') return <div className={styles.blocks} />;
  if (subject.value.directions) return null;
  const open = (keys: Set<string | number>) => {
    const [chosen] = keys;
    const { view, openBlock, setView } = useLens.getState();
    if (chosen === undefined) return;
    if (view.page === 'own') setView({ block: Number(chosen) });
    else openBlock(Number(chosen));
  };
  return (
    <div className={styles.blocks}>
      <span className={styles.blocksLabel}>
        <Explain id="block" />
      </span>
      <ToggleButtonGroup
        className={styles.segments!}
        aria-label="Block"
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[String(block)]}
        onSelectionChange={open}
      >
        {blocksOf(subject.value).map((value) => (
          <ToggleButton
            key={value}
            id={String(value)}
            className={styles.segment!}
            aria-label={`Block ${value}`}
          >
            {value}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
    </div>
  );
}
