import { type RefObject, useMemo, useState } from 'react';
import type { ActionPort } from '../../state/index.ts';
import { copyLinkToView } from '../share/copyLink.ts';

/** Dialogs of the shell, one at a time. */
export type OpenDialog = 'help' | 'palette' | 'share';

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
      copyLink: () => void copyLinkToView(),
    }),
    [search],
  );
  return { port, dialog, closeDialog: () => setDialog(undefined) };
}
