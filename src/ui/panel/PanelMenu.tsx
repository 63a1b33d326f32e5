import type { RefObject } from 'react';
import { Menu, MenuItem, Popover } from 'react-aria-components';
import { copyLinkToView } from '../share/copyLink.ts';
import styles from './panel.module.css';
import { type Ending, FIGURES, TABLES } from './savePanel.ts';

interface Props {
  readonly title: string;
  readonly figure: boolean;
  readonly table: boolean;
  /** Left out where it is large already. */
  readonly onEnlarge?: (() => void) | undefined;
  readonly onSave: (ending: Ending) => void;
  readonly onCite: () => void;
  readonly trigger: RefObject<HTMLElement | null>;
  readonly onClose: () => void;
}

const ENDINGS: Readonly<Record<Ending, string>> = {
  png: 'Figure as PNG',
  svg: 'Figure as SVG',
  csv: 'Table as CSV',
  json: 'Table as JSON',
};

/** What can be taken away from a panel. */
export function PanelMenu(props: Props) {
  const { title, figure, table, onEnlarge, onSave, onCite, trigger, onClose } = props;
  const endings = [...(figure ? FIGURES : []), ...(table ? TABLES : [])];
  return (
    <Popover
      className={styles.popover!}
      aria-label={`Panel: ${title}`}
      triggerRef={trigger}
      placement="bottom end"
      isOpen
      onOpenChange={(open) => !open && onClose()}
    >
      <Menu className={styles.menu!} aria-label={`Panel: ${title}`} autoFocus="first" onClose={onClose}>
        {onEnlarge && (
          <MenuItem className={styles.item!} onAction={onEnlarge}>
            Enlarge
          </MenuItem>
        )}
        {endings.map((ending) => (
          <MenuItem key={ending} className={styles.item!} onAction={() => onSave(ending)}>
            {ENDINGS[ending]}
          </MenuItem>
        ))}
        <MenuItem className={styles.item!} onAction={() => void copyLinkToView()}>
          Copy link
        </MenuItem>
        <MenuItem className={styles.item!} onAction={onCite}>
          Cite this view
        </MenuItem>
      </Menu>
    </Popover>
  );
}
