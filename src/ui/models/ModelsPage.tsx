import { useEffect } from 'react';
import { useLens } from '../../state/index.ts';
import page from '../app/page.module.css';
import { OpenPack } from '../packs/OpenPack.tsx';
import { PackInView } from '../packs/PackInView.tsx';
import { CatalogueList } from './CatalogueList.tsx';
import { ModelInView } from './ModelInView.tsx';
import styles from './models.module.css';
import { OtherSources } from './OtherSources.tsx';
import { SetChooser } from './SetChooser.tsx';
import { StoredList } from './StoredList.tsx';

/** Which model looks at which pictures, and what this browser keeps of models. */
export function ModelsPage() {
  useEffect(() => void useLens.getState().listStored(), []);
  return (
    <div className={page.page}>
      <header>
        <h1>Models and pictures</h1>
        <p className={page.lead}>
          Every model runs on this machine, in this tab. Nothing is fetched before you ask for it, and your
          own files and pictures are never sent anywhere.
        </p>
      </header>
      <div className={styles.pair}>
        <ModelInView />
        <SetChooser />
      </div>
      <PackInView />
      <OpenPack />
      <CatalogueList />
      <OtherSources />
      <StoredList />
    </div>
  );
}
