import { Button, Dialog, Heading, Modal, Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import help from '../app/help.module.css';
import { Veil } from '../app/Veil.tsx';
import { CitePanel } from '../panel/CitePanel.tsx';
import { EmbedPart } from './EmbedPart.tsx';
import { LinkPart } from './LinkPart.tsx';
import styles from './share.module.css';

interface Props {
  readonly onClose: () => void;
}

/** Ways to take the view elsewhere. */
export function ShareDialog({ onClose }: Props) {
  return (
    <Veil onClose={onClose}>
      <Modal className={`${help.modal} ${styles.modal}`}>
        <Dialog className={help.dialog!}>
          <div className={help.head}>
            <Heading slot="title">Share this view</Heading>
            <Button className={`icon ${help.close}`} onPress={onClose} aria-label="Close">
              ×
            </Button>
          </div>
          <Tabs className={styles.tabs!}>
            <TabList className={styles.tabList!} aria-label="Ways to share">
              <Tab id="link" className={styles.tab!}>
                Link
              </Tab>
              <Tab id="embed" className={styles.tab!}>
                Embed
              </Tab>
              <Tab id="cite" className={styles.tab!}>
                Cite
              </Tab>
            </TabList>
            <TabPanel id="link">
              <LinkPart />
            </TabPanel>
            <TabPanel id="embed">
              <EmbedPart />
            </TabPanel>
            <TabPanel id="cite">
              <CitePanel />
            </TabPanel>
          </Tabs>
        </Dialog>
      </Modal>
    </Veil>
  );
}
