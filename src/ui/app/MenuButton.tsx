import { type ComponentType, type ReactNode, type RefObject, Suspense, useRef, useState } from 'react';
import { room } from './room.tsx';

/** What a menu button opens. */
export interface MenuProps {
  readonly trigger: RefObject<HTMLElement | null>;
  readonly onClose: () => void;
}

interface Props {
  readonly className: string | undefined;
  readonly menu: ComponentType<MenuProps>;
  /** Where the content is no words. */
  readonly label?: string;
  readonly children: ReactNode;
}

/** A button that opens a menu, which loads then. */
export function MenuButton({ className, menu: Menu, label, children }: Props) {
  const trigger = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        ref={trigger}
        type="button"
        className={className}
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={label}
        title={label}
        onClick={() => setOpen(true)}
      >
        {children}
      </button>
      {open && (
        <Suspense>
          <Menu trigger={trigger} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

export const MoreMenu = room(async () => (await import('./MoreMenu.tsx')).MoreMenu).View;
export const PhoneMenu = room(async () => (await import('./PhoneMenu.tsx')).PhoneMenu).View;
