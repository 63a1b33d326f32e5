import { type RefObject, useMemo, useState } from 'react';
import { type ActionPort, useLens } from '../../state/index.ts';
import { copyFocusedLink } from '../share/copyLink.ts';

/** Dialogs of the shell, one at a time. */
export type OpenDialog = 'help' | 'palette' | 'share';

function toggleFullScreen(): void {
  const change = document.fullscreenElement
    ? document.exitFullscreen()
    : document.documentElement.requestFullscreen?.();
  change?.catch(() =>
    useLens.getState().notify('info', 'This browser does not show pages on the full screen.'),
  );
}

/** What the shell does for actions, and the dialog that one of them has opened. */
export function usePort(search: RefObject<HTMLInputElement | null>) {
  const [dialog, setDialog] = useState<OpenDialog>();
  const port = useMemo<ActionPort>(
    () => ({
      focusSearch() {
        search.current?.focus();
        search.current?.select();
      },
      showHelp: () => setDialog('help'),
      showPalette: () => setDialog('palette'),
      showShare: () => setDialog('share'),
      copyLink: () => void copyFocusedLink(),
      toggleFullScreen,
    }),
    [search],
  );
  return { port, dialog, closeDialog: () => setDialog(undefined) };
}
