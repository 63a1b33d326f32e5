import { type FormEvent, useId, useState } from 'react';
import { useLens } from '../../state/index.ts';
import page from '../app/page.module.css';
import { FileButton } from '../own/FileButton.tsx';
import { AskedPanel } from './AskedPanel.tsx';
import styles from './models.module.css';

/** A checkpoint of a person's own: by address, or from the disk. */
export function OtherSources() {
  const asked = useLens((state) => state.asked);
  const [url, setUrl] = useState('');
  const id = useId();
  const { askFor } = useLens.getState();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (url.trim() !== '') void askFor({ kind: 'url', url: url.trim() });
  };
  const take = (files: readonly File[]): void => {
    if (files.length > 0) void askFor({ kind: 'files', files });
  };
  const own =
    asked && asked.source.kind !== 'catalogue' && asked.source.kind !== 'stored' ? asked : undefined;
  return (
    <section className={styles.section} aria-labelledby="other">
      <h2 id="other">A model of your own</h2>
      <p className={page.soft}>
        A CLIP with a vision transformer: a .safetensors file with the names of Hugging Face or OpenCLIP, or
        an .onnx export; its config.json, preprocessor_config.json and tokenizer.json help where they are at
        hand.
      </p>
      <form className={styles.address} onSubmit={submit}>
        <label htmlFor={id}>Address of a file or of a repository on the hub</label>
        <input
          id={id}
          className={page.input}
          type="url"
          inputMode="url"
          placeholder="https://…"
          value={url}
          onChange={(event) => setUrl(event.target.value)}
          spellCheck={false}
          autoComplete="off"
        />
        <button type="submit" className="button" disabled={url.trim() === ''}>
          See what it takes
        </button>
      </form>
      <div className={page.buttons}>
        <FileButton label="Choose model files" onFiles={take} />
        <FileButton label="Choose a model’s folder" folder onFiles={take} />
      </div>
      {own && <AskedPanel asked={own} />}
    </section>
  );
}
