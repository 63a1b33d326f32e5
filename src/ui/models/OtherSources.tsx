import { useLens } from '../../state/index.ts';
import { AddressForm } from '../app/AddressForm.tsx';
import page from '../app/page.module.css';
import { FileButton } from '../own/FileButton.tsx';
import { AskedPanel } from './AskedPanel.tsx';

/** A checkpoint of a person's own: by address, or from the disk. */
export function OtherSources() {
  const asked = useLens((state) => state.asked);
  const { askFor } = useLens.getState();
  const take = (files: readonly File[]): void => {
    if (files.length > 0) void askFor({ kind: 'files', files });
  };
  const own =
    asked && asked.source.kind !== 'catalogue' && asked.source.kind !== 'stored' ? asked : undefined;
  return (
    <section className={page.section} aria-labelledby="other">
      <h2 id="other">A model of your own</h2>
      <p className={page.soft}>
        A CLIP with a vision transformer: a .safetensors file with the names of Hugging Face or OpenCLIP, or
        an .onnx export; its config.json, preprocessor_config.json and tokenizer.json help where they are at
        hand.
      </p>
      <AddressForm
        label="Address of a file or of a repository on the hub"
        action="See what it takes"
        onAddress={(url) => void askFor({ kind: 'url', url })}
      />
      <div className={page.buttons}>
        <FileButton label="Choose model files" onFiles={take} />
        <FileButton label="Choose a model’s folder" folder onFiles={take} />
      </div>
      {own && <AskedPanel asked={own} />}
    </section>
  );
}
