import { type FormEvent, useId, useState } from 'react';
import page from './page.module.css';

interface Props {
  /** Of what, and what happens when it is sent. */
  readonly label: string;
  /** What the button says. */
  readonly action: string;
  readonly placeholder?: string;
  /** While nothing more can be asked. */
  readonly busy?: boolean;
  /** What was wrong with what was sent last. */
  readonly problem?: string | undefined;
  /** Called with the address as typed, without spaces around it; never with none. */
  readonly onAddress: (address: string) => void;
}

/** An address on another server, which is asked only when this is sent. */
export function AddressForm(props: Props) {
  const { label, action, placeholder = 'https://…', busy = false, problem, onAddress } = props;
  const [typed, setTyped] = useState('');
  const id = useId();
  const address = typed.trim();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (address !== '') onAddress(address);
  };
  return (
    <form className={page.address} onSubmit={submit}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className={page.input}
        inputMode="url"
        placeholder={placeholder}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-problem`}
      />
      <button type="submit" className="button" disabled={address === '' || busy}>
        {action}
      </button>
      {problem && (
        <p id={`${id}-problem`} role="alert" className={page.problem}>
          {problem}
        </p>
      )}
    </form>
  );
}
