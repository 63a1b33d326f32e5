import { type ReactNode, type RefObject, Suspense, useId, useRef, useState } from 'react';
import type { GlossaryId } from '../../state/index.ts';
import type { Provenance } from '../../state/provenance.ts';
import type { Sheet } from '../../state/table.ts';
import { Explain } from '../app/Explain.tsx';
import { room } from '../app/room.tsx';
import { useEnlarged } from './enlarged.ts';
import styles from './panel.module.css';
import { savePanel } from './savePanel.ts';

/** What opens beside or over a panel is no part of the page's first script: it loads when it comes near. */
const MENU = room(async () => (await import('./PanelMenu.tsx')).PanelMenu);
const EnlargedPanel = room(async () => (await import('./EnlargedPanel.tsx')).EnlargedPanel).View;
const CiteDialog = room(async () => (await import('./CiteDialog.tsx')).CiteDialog).View;

export interface PanelProps {
  /** In plain words; names the panel, its menu and its files. */
  readonly title: string;
  /** Stands in the place of the title where that is more than words. */
  readonly heading?: ReactNode;
  /** What the title explains when pressed. */
  readonly explain?: GlossaryId | undefined;
  /** Stands at the other end of the title's line. */
  readonly aside?: ReactNode;
  /** Place in the page's grid. */
  readonly area?: string | undefined;
  readonly className?: string | undefined;
  /** Without a frame of its own. */
  readonly plain?: boolean;
  /** Takes all the height that it can get when it is enlarged. */
  readonly fills?: boolean;
  /** Whether there is something to look at that a figure can hold; so unless told. */
  readonly figure?: boolean;
  /** The rows it shows; left out where there are none. */
  readonly table?: ((of: string) => Sheet | Promise<Sheet>) | undefined;
  /** What it is of, in words; the view unless told. */
  readonly of?: string | undefined;
  /** Where its numbers come from, as far as that is not where the view's do. */
  readonly about?: Partial<Provenance> | undefined;
  /** Whether its numbers were made here, wherever the block's come from. */
  readonly live?: boolean | undefined;
  /** What a reader of the figure must know that stands in its tools only. */
  readonly note?: string | undefined;
  readonly children: ReactNode;
}

/** One area of a page with its heading, and the ways to see it large and to take it away. */
export function Panel(props: PanelProps) {
  const { title, heading, explain, aside, area, className, plain, figure = true, table, children } = props;
  const id = useId();
  const frame = useRef<HTMLElement>(null);
  const words = heading ?? title;
  return (
    <section
      ref={frame}
      className={[plain ? styles.plain : 'panel', styles.panel, className].filter(Boolean).join(' ')}
      style={area ? { gridArea: area } : undefined}
      aria-labelledby={id}
    >
      <header className={styles.head}>
        <div className={styles.names}>
          <h2 id={id}>{explain ? <Explain id={explain}>{words}</Explain> : words}</h2>
          {aside}
        </div>
        {(figure || table) && <Tools panel={props} frame={frame} />}
      </header>
      {children}
    </section>
  );
}

interface ToolsProps {
  readonly panel: PanelProps;
  readonly frame: RefObject<HTMLElement | null>;
}

/** The button in the corner and what it opens, one thing at a time. */
function Tools({ panel, frame }: ToolsProps) {
  const { title, figure = true, table } = panel;
  const button = useRef<HTMLButtonElement>(null);
  const enlarged = useEnlarged();
  const [open, setOpen] = useState<'menu' | 'enlarged' | 'cite'>();
  const close = (): void => {
    setOpen(undefined);
    // What had the focus before was an entry of the menu, which is gone.
    requestAnimationFrame(() => button.current?.focus());
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className={`icon ${styles.menuButton}`}
        data-export="no"
        aria-haspopup="menu"
        aria-expanded={open === 'menu'}
        aria-label={`Panel: ${title}`}
        title="Enlarge, save, cite"
        onPointerEnter={MENU.prepare}
        onFocus={MENU.prepare}
        onClick={() => setOpen('menu')}
      >
        <span aria-hidden="true">⋯</span>
      </button>
      <Suspense fallback={null}>
        {open === 'menu' && (
          <MENU.View
            title={title}
            figure={figure}
            table={table !== undefined}
            onEnlarge={enlarged || !figure ? undefined : () => setOpen('enlarged')}
            onSave={(ending) => void savePanel(frame.current, panel, ending)}
            onCite={() => setOpen('cite')}
            trigger={button}
            onClose={() => setOpen((now) => (now === 'menu' ? undefined : now))}
          />
        )}
        {open === 'enlarged' && (
          <EnlargedPanel title={title} fills={panel.fills ?? false} onClose={close}>
            <Panel
              {...panel}
              area={undefined}
              plain={false}
              className={`${styles.large} ${panel.className ?? ''}`}
            />
          </EnlargedPanel>
        )}
        {open === 'cite' && <CiteDialog onClose={close} />}
      </Suspense>
    </>
  );
}
