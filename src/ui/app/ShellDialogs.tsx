import { lazy, Suspense } from 'react';
import type { ActionPort } from '../../state/index.ts';
import type { OpenDialog } from './usePort.ts';

const DIALOGS = {
  help: lazy(() => import('./HelpDialog.tsx').then((room) => ({ default: room.HelpDialog }))),
  palette: lazy(() => import('../palette/Palette.tsx').then((room) => ({ default: room.Palette }))),
  share: lazy(() => import('../share/ShareDialog.tsx').then((room) => ({ default: room.ShareDialog }))),
};

interface Props {
  readonly open: OpenDialog | undefined;
  readonly port: ActionPort;
  readonly onClose: () => void;
}

/** Dialogs load when they are first opened: the first screen needs none. */
export function ShellDialogs({ open, port, onClose }: Props) {
  const Shown = open && DIALOGS[open];
  return <Suspense>{Shown && <Shown port={port} onClose={onClose} />}</Suspense>;
}
