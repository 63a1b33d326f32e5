import type { MouseEvent, ReactNode } from 'react';
import { isShown } from '../../state/directions.ts';
import { encodeView, useLens } from '../../state/index.ts';
import type { PageEntry } from './pageLinks.ts';

interface Props {
  readonly page: PageEntry['page'];
  readonly className?: string | undefined;
  readonly onGo?: (() => void) | undefined;
  readonly children: ReactNode;
}

/** A real link, so that it opens in a new tab too. */
export function PageLink({ page, className, onGo, children }: Props) {
  const href = useLens((state) => encodeView({ ...state.view, page }));
  const here = useLens((state) => state.view.page === page);
  const shown = useLens((state) => isShown(state, page));
  const go = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    const { openBlock, setView, view } = useLens.getState();
    if (page === 'block') openBlock(view.block);
    else setView({ page });
    onGo?.();
  };
  if (!shown) return null;
  return (
    <a className={className} href={href} onClick={go} aria-current={here ? 'page' : undefined}>
      {children}
    </a>
  );
}
