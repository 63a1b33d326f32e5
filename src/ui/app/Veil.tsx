import type { ReactNode } from 'react';
import { ModalOverlay } from 'react-aria-components';

interface Props {
  readonly className?: string | undefined;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Lies over the page while a dialog is open. Escape, or a press beside the dialog, closes it. */
export const Veil = ({ className = '', onClose, children }: Props) => (
  <ModalOverlay
    className={`veil ${className}`}
    isOpen
    isDismissable
    onOpenChange={(open) => !open && onClose()}
  >
    {children}
  </ModalOverlay>
);
