import type { ReactNode, RefObject } from 'react';
import { Dialog, Popover } from 'react-aria-components';

interface Props {
  readonly trigger: RefObject<HTMLElement | null>;
  readonly label: string;
  readonly onClose: () => void;
  readonly className?: string | undefined;
  readonly dialogClassName?: string | undefined;
  readonly placement: 'top' | 'bottom end';
  readonly children: ReactNode;
}

/** A small dialog beside what opened it; Escape, or a press elsewhere, closes it. */
export function Popup({ trigger, label, onClose, className, dialogClassName, placement, children }: Props) {
  return (
    <Popover
      className={className ?? ''}
      triggerRef={trigger}
      placement={placement}
      isOpen
      onOpenChange={(open) => !open && onClose()}
    >
      <Dialog className={dialogClassName ?? ''} aria-label={label}>
        {children}
      </Dialog>
    </Popover>
  );
}
