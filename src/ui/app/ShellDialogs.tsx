import { Suspense } from 'react';
import type { ActionPort } from '../../state/index.ts';
import { room } from './room.tsx';
import type { OpenDialog } from './usePort.ts';

const DIALOGS = {
  help: room(async () => (await import('./HelpDialog.tsx')).HelpDialog).View,
  palette: room(async () => (await import('../palette/Palette.tsx')).Palette).View,
  share: room(async () => (await import('../share/ShareDialog.tsx')).ShareDialog).View,
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
